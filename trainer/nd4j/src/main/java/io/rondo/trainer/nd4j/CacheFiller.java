package io.rondo.trainer.nd4j;

import io.rondo.trainer.nd4j.model.BuiltInModel;
import java.nio.file.Path;

/** Fills a model cache ahead of time, for container images: their trainers then find it converted, and read it only. */
public final class CacheFiller {
    private CacheFiller() {}

    /** @param args the model cache */
    public static void main(String[] args) {
        System.out.println("converted "
                + BuiltInModel.ALL_MINILM_L6_V2.directory(Path.of(args[0]).toAbsolutePath()));
    }
}
