package io.rondo.trainer.nd4j;

import java.nio.file.Path;

/** Where the tests of this module keep the converted model and unpacked libraries between them. */
final class ModelCache {
    static final Path DIRECTORY = Path.of("target", "model-cache");

    private ModelCache() {}
}
