/** Files that one process at a time uses, and that only their owner may read. Stateless; safe for any thread. */
package io.rondo.schemas.file;
