/**
 * Archives of small jobs that earlier builds wrote, which every later build has to read. {@code MakeLogs} makes those of
 * a build; {@code OldLogsTest} and {@code OldOutputTest} read all that were ever kept. {@code docs/how-to/archive.md} says what
 * they promise.
 */
package io.rondo.e2e.logs;
