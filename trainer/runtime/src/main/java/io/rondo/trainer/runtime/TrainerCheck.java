package io.rondo.trainer.runtime;

import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.adapter.Sharing;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Digests;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A dry run of joining: reports at once every problem for which a trainer would be refused or would end before its first
 * round. Writes nothing to the log and opens no state directory.
 *
 * @param found facts about the trainer and its job, in order
 * @param problems the problems
 */
public record TrainerCheck(Map<String, String> found, List<RondoException> problems) {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Replaces an invalid id, so that the rest can be checked. */
    private static final String ANY = "checked";

    /** Runs all checks. */
    public static TrainerCheck of(
            String job,
            String trainer,
            BiFunction<String, String, TrainerServiceSettings> settings,
            Supplier<LocalTrainerFactory> factories) {
        List<RondoException> problems = new ArrayList<>();
        Map<String, String> found = new LinkedHashMap<>();
        found.put("job", job);
        found.put("trainer", trainer);
        Optional<String> name = collect(problems, () -> Identifiers.requireJob(job));
        Optional<String> id = collect(problems, () -> Identifiers.requireTrainer(trainer));
        Optional<LocalTrainerFactory> factory = collect(problems, factories);
        if (name.isPresent()) {
            TrainerServiceSettings made = settings.apply(name.get(), id.orElse(ANY));
            collect(problems, () -> find(made)).ifPresent(submitted -> {
                found.putAll(described(submitted));
                made.policy()
                        .ifPresent(policy -> collect(problems, () -> {
                            policy.require(submitted.spec());
                            return true;
                        }));
                factory.ifPresent(plugIn -> checkModel(problems, plugIn, made, submitted));
            });
        }
        return new TrainerCheck(found, List.copyOf(problems));
    }

    private static FederatedJob find(TrainerServiceSettings settings) {
        JobSubmitted submitted = new JobSearch(settings.log(), settings.job(), PATIENCE)
                .await(() -> false, () -> {})
                .orElseThrow();
        return FederatedJob.of(submitted);
    }

    private static void checkModel(
            List<RondoException> problems,
            LocalTrainerFactory factory,
            TrainerServiceSettings settings,
            FederatedJob job) {
        Optional<ModelSettings> named = collect(problems, () -> job.model(settings.site()));
        if (named.isEmpty()) {
            return;
        }
        ModelSettings model = named.get();
        int before = problems.size();
        collect(problems, () -> {
            TrainerService.requireLayout(factory, model, job);
            return true;
        });
        if (problems.size() == before) {
            // a different layout means a different model
            collect(problems, () -> {
                TrainerService.requireModel(factory, model, job.spec().getModelDigest());
                return true;
            });
        }
        collect(problems, () -> {
            Plugin.open(factory, job.trainerSettings(settings.site())).close();
            return true;
        });
    }

    private static Map<String, String> described(FederatedJob job) {
        JobSpec spec = job.spec();
        FlatLayout flat = job.flat(1);
        long shared = job.layout().tensors().stream()
                .filter(tensor -> job.policy().of(tensor.role(), 1) == Sharing.SHARED)
                .count();
        Map<String, String> described = new LinkedHashMap<>();
        described.put("uuid", job.uuid());
        described.put(
                "method",
                "%s, %s, rank %d on %s"
                        .formatted(spec.getMethod(), spec.getAdapter(), spec.getRank(), spec.getModel()));
        described.put(
                "layout",
                Digests.hex(job.layout().digest()) + ", "
                        + job.layout().tensors().size() + " tensors");
        described.put(
                "shares",
                String.format(
                        Locale.ROOT,
                        "%d tensors, %,d elements in %d chunk(s) of round 1",
                        shared,
                        flat.elements(),
                        flat.chunks()));
        return described;
    }

    /** The result for JSON output. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>(found);
        json.put("problems", problems.stream().map(RondoException::json).toList());
        return json;
    }

    /** The result as lines. */
    public String text() {
        Stream<String> lines = found.entrySet().stream()
                .map(entry -> String.format(Locale.ROOT, "%-9s %s", entry.getKey(), entry.getValue()));
        Stream<String> end = problems.isEmpty()
                ? Stream.of("ready to join")
                : problems.stream().map(RondoException::explanation);
        return Stream.concat(lines, end).collect(Collectors.joining(System.lineSeparator()));
    }

    /** @throws RondoException with the code of the first problem, if there is one */
    public void requireReady() {
        if (!problems.isEmpty()) {
            RondoException first = problems.get(0);
            throw new RondoException(
                    first.code(),
                    problems.size() + " of the checks failed; the first: " + first.getMessage(),
                    first.nextStep(),
                    first);
        }
    }

    private static <T> Optional<T> collect(List<RondoException> problems, Supplier<T> check) {
        try {
            return Optional.of(check.get());
        } catch (RondoException problem) {
            problems.add(problem);
            return Optional.empty();
        } catch (IllegalArgumentException problem) {
            // the job has a setting that is out of bounds
            problems.add(new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "the job cannot be trained: " + problem.getMessage(),
                    "submit it again with other settings",
                    problem));
            return Optional.empty();
        }
    }
}
