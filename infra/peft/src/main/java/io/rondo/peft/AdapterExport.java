package io.rondo.peft;

import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.PublishedAdapters;
import io.rondo.cli.output.PartialDirectory;
import io.rondo.log.JobSpec;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.BaseDirectory;
import io.rondo.trainer.api.HeadOrder;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.runtime.FederatedJob;
import io.rondo.trainer.runtime.state.StateDirectory;
import io.rondo.trainer.runtime.state.TrainerState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Writes the adapter of a round as a PEFT directory with a model card beside it. */
public final class AdapterExport {
    private static final String BASE = "base";
    /** The place of an adapted module in its layer. */
    private static final Pattern MODULE = Pattern.compile(".*\\.\\d+\\.(.+)\\.(?:lora_A\\.weight|vera_lambda_d)");

    private final JobLog log;
    private final LocalTrainerFactory engine;
    private final Path modelCache;
    private final Optional<Path> modelDirectory;

    /**
     * @param log the job's; stays the caller's to close
     * @param engine knows the base model
     * @param modelCache where built-in models are kept
     * @param modelDirectory where the job's base model is, if it is not found by its name
     */
    public AdapterExport(JobLog log, LocalTrainerFactory engine, Path modelCache, Optional<Path> modelDirectory) {
        this.log = log;
        this.engine = engine;
        this.modelCache = modelCache;
        this.modelDirectory = modelDirectory;
    }

    /**
     * Exports.
     *
     * @param round a published round
     * @param what which of the round's adapters
     * @param base whether the base model goes along
     * @param out a directory that is empty or does not exist
     * @throws RondoException with {@link ErrorCode#ROUND_NOT_FOUND}, {@link ErrorCode#NO_SUCH_ADAPTER}, {@link
     *     ErrorCode#FILE_EXISTS}, {@link ErrorCode#STATE_UNREADABLE}, {@link ErrorCode#DIRECTORY_OF_ANOTHER_JOB}, {@link
     *     ErrorCode#DISK_FULL}, or as reading the log does
     */
    public ExportedAdapter export(int round, AdapterChoice what, BaseCopy base, Path out) {
        requireEmpty(out);
        PublishedAdapters adapters = PublishedAdapters.of(log);
        FederatedJob federated = FederatedJob.of(adapters.job());
        RoundPublished publication = adapters.publication(round);
        ExportedRound exported = new ExportedRound(
                federated,
                publication,
                List.copyOf(adapters.tensors(publication).values()));
        List<Tensor> tensors = new ArrayList<>(tensors(federated, exported, what));
        return write(federated, publication, what, tensors, base, out);
    }

    private static List<Tensor> tensors(FederatedJob job, ExportedRound exported, AdapterChoice what) {
        return switch (what.kind()) {
            case TRAINER -> exported.ofTrainer(what.trainer(), state(what));
            case GLOBAL -> exported.global();
            case GIVEN ->
                exported.ofGiven(what.given().stream()
                        .map(directory -> given(job, directory))
                        .toList());
            case WARM_START -> exported.warmStart();
        };
    }

    private static TrainerState state(AdapterChoice what) {
        Path directory = what.stateDirectory();
        return StateDirectory.read(directory)
                .orElseThrow(() -> new RondoException(
                        ErrorCode.STATE_UNREADABLE,
                        "there is no trainer state in " + directory,
                        "give the directory that the trainer has as --state-dir"));
    }

    private static GivenAdapter given(FederatedJob job, Path directory) {
        PeftDirectory adapter = PeftDirectory.open(directory);
        adapter.config().requireAdapterOf(job.spec(), directory);
        return new GivenAdapter(
                directory.toString(),
                adapter.read(job.layout().tensors(), job.spec().getSeed()));
    }

    private ExportedAdapter write(
            FederatedJob federated,
            RoundPublished publication,
            AdapterChoice what,
            List<Tensor> tensors,
            BaseCopy copy,
            Path out) {
        JobSpec spec = federated.spec();
        ModelSettings named = federated.model(modelCache);
        ModelSettings model = modelDirectory.map(named::in).orElse(named);
        Optional<BaseDirectory> base = CausalModel.find(model).or(() -> engine.baseDirectory(model));
        List<String> labels =
                orderHead(federated, base.map(BaseDirectory::outputs).orElse(List.of()), tensors);
        boolean hasHead = tensors.stream().anyMatch(tensor -> isHead(federated, tensor));
        AdapterKind kind = AdapterKind.of(spec.getAdapter());
        try (PartialDirectory partial = PartialDirectory.create(out)) {
            if (what.kind() == AdapterChoice.Kind.TRAINER) {
                // B and the head have not left the site before
                partial.keepToOwner();
            }
            String baseName = base.map(found -> copy == BaseCopy.BESIDE
                            ? copied(found.path(), partial.path(), out).toString()
                            : found.path().toAbsolutePath().toString())
                    .orElse(spec.getModel());
            PeftConfig config = new PeftConfig(
                    kind,
                    spec.getRank(),
                    spec.getAlpha(),
                    targetModules(federated),
                    spec.getLayersToTransform(),
                    hasHead,
                    taskType(base, hasHead),
                    baseName);
            if (kind == AdapterKind.VERA) {
                tensors.addAll(PeftDirectory.projections(
                        spec.getRank(), federated.layout().tensors(), spec.getSeed()));
            }
            PeftDirectory.write(partial.path(), config, tensors);
            ExportedAdapter adapter = new ExportedAdapter(
                    out, what, publication.getRound(), tensors.size(), hasHead, baseName, config.taskType(), labels);
            Files.writeString(
                    partial.path().resolve("README.md"),
                    ModelCard.of(federated, publication, adapter, copy == BaseCopy.BESIDE ? BASE : baseName),
                    StandardCharsets.UTF_8);
            partial.complete();
            return adapter;
        } catch (IOException e) {
            throw unwritable(out, e);
        }
    }

    /** Without a head no class is asked for that would expect one of an adapter's. */
    private static Optional<String> taskType(Optional<BaseDirectory> base, boolean hasHead) {
        Optional<String> ofBase = base.map(BaseDirectory::taskType);
        return hasHead ? ofBase.or(() -> Optional.of("SEQ_CLS")) : ofBase.filter(CausalModel.TASK_TYPE::equals);
    }

    /** In a list PEFT takes {@code all-linear} for the name of a module: those that the layout has stand in its place. */
    private static List<String> targetModules(FederatedJob job) {
        if (!job.spec().getTargetModules().equals(List.of("all-linear"))) {
            return job.spec().getTargetModules();
        }
        return job.layout().tensors().stream()
                .map(shape -> MODULE.matcher(shape.name()))
                .filter(Matcher::matches)
                .map(module -> module.group(1))
                .distinct()
                .toList();
    }

    /**
     * Puts the head into the order in which the base model names its outputs, so that whoever loads both reads the right
     * names.
     *
     * @return the labels in the order of the outputs
     */
    private static List<String> orderHead(FederatedJob job, List<String> outputs, List<Tensor> tensors) {
        List<String> labels = job.spec().getLabels();
        Optional<HeadOrder> order = HeadOrder.of(outputs, labels);
        List<Tensor> head =
                tensors.stream().filter(tensor -> isHead(job, tensor)).toList();
        if (order.isEmpty()) {
            return labels;
        }
        tensors.removeAll(head);
        tensors.addAll(order.get().headToOutputs(head));
        return order.get().toOutputs(labels);
    }

    private static boolean isHead(FederatedJob job, Tensor tensor) {
        return job.layout().tensors().stream()
                .anyMatch(
                        shape -> shape.role() == TensorRole.HEAD && shape.name().equals(tensor.name()));
    }

    /** Where the copy will be, once the directory that it is written to has its name. */
    private static Path copied(Path base, Path partial, Path out) {
        Path target = partial.resolve(BASE);
        try (Stream<Path> files = Files.list(base)) {
            Files.createDirectories(target);
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        } catch (IOException e) {
            throw unwritable(target, e);
        }
        return out.resolve(BASE).toAbsolutePath();
    }

    private static void requireEmpty(Path out) {
        if (!Files.exists(out)) {
            return;
        }
        try (Stream<Path> files = Files.list(out)) {
            if (files.findAny().isPresent()) {
                throw new RondoException(
                        ErrorCode.FILE_EXISTS, out + " is not empty", "give an --out that is empty or does not exist");
            }
        } catch (IOException e) {
            throw unwritable(out, e);
        }
    }

    private static RondoException unwritable(Path out, IOException e) {
        return new RondoException(
                ErrorCode.DISK_FULL,
                "cannot write to " + out + ": " + e,
                "free some space, check the rights, or give another --out",
                e);
    }
}
