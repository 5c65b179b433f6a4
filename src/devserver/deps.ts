/**
 * The only file that names a dependency of the embedded server. Its XML parser is not the one of
 * the client: the same mistake must not be on both sides.
 *
 * @module
 */

/** A strict XML parser. */
export { parseXml, XmlElement } from "npm:@rgrove/parse-xml@4.2.3";
