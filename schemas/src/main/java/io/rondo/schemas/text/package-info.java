/**
 * Text that others wrote, made fit for consoles, logs and pages. Stateless; safe for any thread.
 */
package io.rondo.schemas.text;
