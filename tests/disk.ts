/** The tests that need files, sockets or processes: Deno, Bun and Node. */
import "./cli/credentials_test.ts";
import "./cli/dev_server_test.ts";
import "./cli/ls_test.ts";
import "./cli/stats_test.ts";
import "./cli/transfer_test.ts";
import "./cli/verify_test.ts";
import "./credentials/canary_cli_test.ts";
import "./credentials/process_test.ts";
import "./devserver/storage_folder_test.ts";
import "./oci/layout_test.ts";
import "./oci/layout_writer_test.ts";
import "./oci/local_cache_test.ts";
import "./runtime/atomic_file_test.ts";
import "./runtime/file_lock_test.ts";
import "./runtime/files_test.ts";
import "./runtime/listen_test.ts";
import "./transfer/local_test.ts";
