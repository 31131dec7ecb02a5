package io.rondo.peft;

import io.rondo.log.CohortMember;
import io.rondo.log.JobSpec;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.tensor.Digests;
import io.rondo.trainer.runtime.FederatedJob;
import java.util.Locale;
import java.util.stream.Collectors;

/** The {@code README.md} beside an exported adapter: where it comes from, and how to load it. */
final class ModelCard {
    private ModelCard() {}

    static String of(FederatedJob job, RoundPublished published, ExportedAdapter adapter) {
        JobSpec spec = job.spec();
        return """
                ---
                library_name: peft
                base_model: "%s"
                ---
                # %s, round %d: %s

                %s

                | | |
                |---|---|
                | job | %s, UUID %s |
                | method, adapter | %s, %s; rank %d, alpha %s, on %s |
                | labels | %s |
                | base model | %s |
                | round | %d, revision %d, trained from the adapter of round %d |
                | cohort | %s |
                | digest of the global adapter | `%s` |
                | digest of the layout | `%s` |
                | chain | `%s` |

                ```python
                %s
                ```
                """.formatted(
                        escaped(adapter.baseModel()),
                        spec.getName(),
                        adapter.round(),
                        title(adapter),
                        meaning(adapter),
                        spec.getName(),
                        job.uuid(),
                        spec.getMethod(),
                        spec.getAdapter(),
                        spec.getRank(),
                        spec.getAlpha(),
                        String.join(", ", spec.getTargetModules()),
                        spec.getLabels(),
                        spec.getModel(),
                        published.getRound(),
                        published.getRevision(),
                        published.getBaseRound(),
                        cohort(published),
                        Digests.hex(published.getDigest()),
                        Digests.hex(job.layout().digest()),
                        Digests.hex(published.getChain()),
                        python(spec, adapter));
    }

    private static String title(ExportedAdapter adapter) {
        return switch (adapter.choice().kind()) {
            case TRAINER -> "the adapter of " + adapter.choice().trainer();
            case GLOBAL -> "the global adapter";
            case GIVEN -> "the mean of " + adapter.choice().given().size() + " trainers";
            case WARM_START -> "A alone, a warm start";
        };
    }

    private static String meaning(ExportedAdapter adapter) {
        return switch (adapter.choice().kind()) {
            case TRAINER ->
                "What all trainers share is the aggregated value of the round; the rest is this trainer's own.";
            case GLOBAL ->
                "Every factor is the aggregated value of the round."
                        + (adapter.hasHead() ? "" : " The heads stay at the trainers, so it has none.");
            case GIVEN ->
                "What all trainers share is the aggregated value of the round; the rest is the mean over the trainers who gave theirs,"
                        + " so that the update to each weight is the mean of theirs. The heads stay at the trainers, so it has none.";
            case WARM_START -> "B is 0, so the outputs are those of the base model until it is trained.";
        };
    }

    private static String cohort(RoundPublished published) {
        return published.getMembers().stream()
                .map(member -> member.getTrainer() + " (" + weight(member) + ")")
                .collect(Collectors.joining(", "));
    }

    private static String weight(CohortMember member) {
        return String.format(Locale.ROOT, "%.0f", member.getWeight());
    }

    private static String python(JobSpec spec, ExportedAdapter adapter) {
        boolean first = adapter.taskType().filter("TOKEN_CLS"::equals).isPresent();
        String model = first ? "AutoModelForTokenClassification" : "AutoModelForSequenceClassification";
        String read = first ? "[:, 0]  # the classifier reads the first token" : "";
        return """
                from peft import PeftModel
                from transformers import %s, AutoTokenizer

                base = "%s"
                model = %s.from_pretrained(base, num_labels=%d)
                model = PeftModel.from_pretrained(model, ".").eval()
                inputs = AutoTokenizer.from_pretrained(base)("a text", return_tensors="pt")
                logits = model(**inputs).logits%s""".formatted(
                model, escaped(adapter.baseModel()), model, spec.getLabels().size(), read);
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
