/**
 * Failures that a user can encounter: each has a stable code, names the problem and the value, and suggests the next step.
 * {@code docs/errors.md} has a section for every code. Immutable, safe for any thread.
 */
package io.rondo.schemas.error;
