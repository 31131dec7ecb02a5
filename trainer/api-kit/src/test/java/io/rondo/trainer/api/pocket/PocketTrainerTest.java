package io.rondo.trainer.api.pocket;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.kit.LocalTrainerContract;
import java.nio.file.Path;
import java.util.List;

/** The trainer of the tests is a sound trainer. */
class PocketTrainerTest extends LocalTrainerContract {

    @Override
    protected LocalTrainerFactory factory() {
        return new PocketTrainerFactory();
    }

    @Override
    protected ModelSettings model(Path directory) {
        return new ModelSettings("pocket", directory, AdapterKind.LORA, 4, 8, List.of("query", "value"), 2);
    }
}
