package io.rondo.trainer.nd4j;

import java.nio.file.Path;

/**
 * Where native libraries unpack themselves, and that they call nobody. Only system properties say so, they are read when
 * the libraries' classes are first used, and what a user set on the command line stays.
 */
public final class LibraryProperties {
    private LibraryProperties() {}

    public static void prepare(Path cache) {
        Path natives = cache.resolve("native").toAbsolutePath();
        // JavaCPP, below ND4J and OpenBLAS.
        setIfAbsent("org.bytedeco.javacpp.cachedir", natives.resolve("javacpp").toString());
        // By default JavaCPP allows itself as much as the heap, and counts mapped files too.
        setIfAbsent("org.bytedeco.javacpp.maxBytes", "2g");
        setIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        // It warns of presets of another release, such as oneDNN's, which are tested together here.
        setIfAbsent("org.bytedeco.javacpp.logger", "slf4j");
        // DJL reports its use and looks for newer libraries unless told otherwise.
        setIfAbsent("OPT_OUT_TRACKING", "true");
        setIfAbsent("DJL_OFFLINE", "true");
        setIfAbsent("DJL_CACHE_DIR", natives.resolve("djl").toString());
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
