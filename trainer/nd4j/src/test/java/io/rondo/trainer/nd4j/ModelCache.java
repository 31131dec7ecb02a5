package io.rondo.trainer.nd4j;

import java.nio.file.Path;

/** Where the tests of this module keep the converted model and unpacked libraries between them. */
public final class ModelCache {
    public static final Path DIRECTORY = Path.of("target", "model-cache");

    private ModelCache() {}
}
