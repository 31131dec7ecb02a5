/** Locks and permissions for files of one process and one user. Stateless; safe for any thread. */
package io.rondo.schemas.file;
