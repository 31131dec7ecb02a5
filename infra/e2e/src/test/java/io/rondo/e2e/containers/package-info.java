/**
 * Tests of the images and of the compose file, in a container engine, with Testcontainers. Skipped with a message where the
 * build makes no images.
 */
package io.rondo.e2e.containers;
