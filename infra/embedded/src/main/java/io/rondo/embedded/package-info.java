/**
 * A real Kafka broker and a real schema registry as child processes: no Docker, nothing to install.
 *
 * <p>{@link io.rondo.embedded.EmbeddedCluster} starts both in parallel, on loopback only, with all data and logs under one
 * directory that can be started again. The children end with their parent, however it ends.
 *
 * <p><b>Where the programs are.</b> The build puts them beside this module's classes: the broker's jars in
 * {@code broker-lib}, the registry in {@code registry}, the children's main classes in {@code child-lib}, archives of loaded classes (they halve the time to start) in
 * {@code class-archives}. At run time the folder that holds these is, in this order, the system property
 * {@code rondo.home} or {@code infra/embedded/target} in it, as in a checkout; the parent of the jar or of the classes folder that this class comes from, as in a build tree; or
 * its grandparent, as in an assembly with a {@code lib} folder. None of these jars is on the classpath of whoever uses
 * this module.
 *
 * <p>An {@code EmbeddedCluster} may be used and closed by any thread.
 */
package io.rondo.embedded;
