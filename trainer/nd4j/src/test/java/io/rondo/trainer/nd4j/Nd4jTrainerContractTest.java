package io.rondo.trainer.nd4j;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.kit.LocalTrainerContract;
import java.nio.file.Path;
import java.util.List;

class Nd4jTrainerContractTest extends LocalTrainerContract {

    @Override
    protected LocalTrainerFactory factory() {
        return new Nd4jTrainerFactory();
    }

    @Override
    protected ModelSettings model(Path directory) {
        return new ModelSettings(
                "all-MiniLM-L6-v2", ModelCache.DIRECTORY, AdapterKind.LORA, 2, 4, List.of("query", "value"), 2);
    }
}
