/**
 * Ed25519 keys, and signatures over the canonical text of records. Keys are immutable; everything here is safe for any
 * thread.
 */
package io.rondo.schemas.sign;
