/**
 * Escapes foreign text for consoles, logs and pages. Stateless; safe for any thread.
 */
package io.rondo.schemas.text;
