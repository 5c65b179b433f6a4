/** Every test that needs neither a disk nor a socket: these run on all four runtimes. */
import "./attributes/attributes_test.ts";
import "./attributes/extensions_test.ts";
import "./attributes/go_vectors_test.ts";
import "./attributes/keys_and_urls_test.ts";
import "./attributes/secrets_test.ts";
import "./attributes/syntax_test.ts";
import "./go_json_test.ts";
import "./oci/descriptor_test.ts";
import "./oci/image_manifest_test.ts";
import "./oci/index_entries_test.ts";
import "./oci/layer_annotations_test.ts";
import "./oci/media_types_test.ts";
import "./sleep_test.ts";
