/**
 * Where the native parts of libraries are unpacked: once into one directory of the user, from which every process loads them.
 * Safe for any thread and any number of processes.
 */
package io.rondo.schemas.natives;
