/**
 * How large the parts of an object are.
 *
 * @module
 */

/** S3's limit for the parts of an object. */
export const MAX_PARTS = 10_000;

const MIB = 1024 * 1024;
/** S3's limit for a part, but for the last one. */
export const MIN_PART_SIZE: number = 5 * MIB;
const MAX_PART_SIZE = 5 * 1024 ** 3;

/** After so many parts of a stream of unknown length, its parts double in size. */
const PARTS_A_STEP = 900;

/**
 * Refuses a size that S3 does not take.
 *
 * @param partSize in bytes
 * @throws {TypeError} if it is not a whole number from 5 MiB to 5 GiB
 */
export function checkPartSize(partSize: number): void {
  if (!Number.isInteger(partSize) || partSize < MIN_PART_SIZE || partSize > MAX_PART_SIZE) {
    throw new TypeError(
      `partSize ${partSize}: expected ${MIN_PART_SIZE} to ${MAX_PART_SIZE} bytes`,
    );
  }
}

/**
 * The size of the parts of an object whose size is known.
 *
 * @param size of the object, in bytes
 * @param partSize the size that is wanted, in bytes
 * @returns that size, or the whole MiB with which 10,000 parts suffice
 * @throws {TypeError} if S3 does not take parts of the size that is wanted
 * @throws {RangeError} if the object is larger than S3 can store
 */
export function fixedPartSize(size: number, partSize: number): number {
  checkPartSize(partSize);
  const grown = Math.max(partSize, Math.ceil(size / MAX_PARTS / MIB) * MIB);
  if (grown > MAX_PART_SIZE) {
    throw new RangeError(
      `an object of ${size} bytes: S3 stores at most ${MAX_PARTS * MAX_PART_SIZE}`,
    );
  }
  return grown;
}

/**
 * The size of a part of an object whose size is not known: it grows by steps so that 10,000 parts
 * reach S3's limit for an object.
 *
 * @param number of the part, from 1
 * @param partSize of the first ones, in bytes
 * @returns bytes
 */
export function streamPartSize(number: number, partSize: number): number {
  return Math.min(MAX_PART_SIZE, partSize * 2 ** Math.floor((number - 1) / PARTS_A_STEP));
}
