package io.rondo.peft;

import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.BaseDirectory;
import io.rondo.trainer.api.HeadOrder;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.StepSettings;
import io.rondo.trainer.api.TrainerSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A trainer plug-in whose jobs start from an adapter's values, where the adapter has them. */
final class StartingFromAdapter implements LocalTrainerFactory {
    private final LocalTrainerFactory plugin;
    private final PeftDirectory adapter;

    StartingFromAdapter(LocalTrainerFactory plugin, PeftDirectory adapter) {
        this.plugin = plugin;
        this.adapter = adapter;
    }

    @Override
    public String name() {
        return plugin.name();
    }

    @Override
    public List<TensorShape> describe(ModelSettings model) {
        return plugin.describe(model);
    }

    /** The adapter's head is in the order of the base model's, which its values are put into that of the job's labels. */
    @Override
    public List<Tensor> initialValues(ModelSettings model, long seed) {
        List<TensorShape> layout = describe(model);
        plugin.baseDirectory(model).ifPresent(base -> adapter.requireHeadOf(base.taskType(), layout));
        Map<String, Tensor> values = adapter.read(layout, seed).stream()
                .collect(Collectors.toMap(Tensor::name, Function.identity(), (one, other) -> one, LinkedHashMap::new));
        List<Tensor> head = layout.stream()
                .filter(shape -> shape.role() == TensorRole.HEAD && values.containsKey(shape.name()))
                .map(shape -> values.get(shape.name()))
                .toList();
        order(model)
                .map(order -> order.headToLabels(head))
                .orElse(head)
                .forEach(tensor -> values.put(tensor.name(), tensor));
        Stream<Tensor> others =
                plugin.initialValues(model, seed).stream().filter(tensor -> !values.containsKey(tensor.name()));
        return Stream.concat(values.values().stream(), others).toList();
    }

    private Optional<HeadOrder> order(ModelSettings model) {
        return HeadOrder.of(
                plugin.baseDirectory(model).map(BaseDirectory::outputs).orElse(List.of()), model.labels());
    }

    @Override
    public List<String> check(ModelSettings model, StepSettings steps) {
        List<String> notes = new ArrayList<>(plugin.check(model, steps));
        adapter.headNote(describe(model)).ifPresent(notes::add);
        return notes;
    }

    @Override
    public String modelDigest(ModelSettings model) {
        return plugin.modelDigest(model);
    }

    @Override
    public Optional<BaseDirectory> baseDirectory(ModelSettings model) {
        return plugin.baseDirectory(model);
    }

    @Override
    public LocalTrainer open(TrainerSettings settings) {
        return plugin.open(settings);
    }
}
