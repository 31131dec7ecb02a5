package org.example.bags;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.kit.LocalTrainerContract;
import java.nio.file.Path;
import java.util.List;

class BagsTrainerTest extends LocalTrainerContract {
    @Override
    protected LocalTrainerFactory factory() {
        return new BagsFactory();
    }

    @Override
    protected ModelSettings model(Path directory) {
        return new ModelSettings("bags", directory, AdapterKind.LORA, 4, 16, List.of("dense"), 2);
    }
}
