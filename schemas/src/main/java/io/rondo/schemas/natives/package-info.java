/**
 * Unpacks the native parts of libraries once per user, into a directory from which every process loads them.
 * Safe for any thread and any number of processes.
 */
package io.rondo.schemas.natives;
