/**
 * Failures that a user can meet: each has a stable code, says what was wrong with which value, and names the next step.
 * {@code docs/errors.md} has a section for every code. Immutable, safe for any thread.
 */
package io.rondo.schemas.error;
