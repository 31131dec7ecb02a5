package io.rondo.peft;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rondo.log.CohortMember;
import io.rondo.log.JobSpec;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.tensor.Digests;
import io.rondo.trainer.runtime.FederatedJob;
import java.util.Locale;
import java.util.stream.Collectors;

/** The {@code README.md} beside an exported adapter: where it comes from, and how to load it. */
final class ModelCard {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ModelCard() {}

    /** @param base where the code in it finds the base model */
    static String of(FederatedJob job, RoundPublished published, ExportedAdapter adapter, String base) {
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
            %s| base model | %s |
            | round | %d, revision %d, trained from the adapter of round %d |
            | cohort | %s |
            | digest of the global adapter | `%s` |
            | digest of the layout | `%s` |
            | chain | `%s` |

            ## Load

            In this directory, with `peft` and `transformers`:

            ```python
            %s
            ```

            ## Merge

            With the adapter added to its weights, the model needs no PEFT. Behind the code above:

            ```python
            %s
            ```

            ## Serve

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
                        completes(adapter) ? "" : "| labels | " + adapter.labels() + " |\n",
                        spec.getModel(),
                        published.getRound(),
                        published.getRevision(),
                        published.getBaseRound(),
                        cohort(published),
                        Digests.hex(published.getDigest()),
                        Digests.hex(job.layout().digest()),
                        Digests.hex(published.getChain()),
                        load(spec, adapter, base),
                        merge(adapter),
                        serve(adapter));
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
                "What all trainers share is the aggregated value of the round; the rest is the mean over the trainers"
                        + " who gave theirs, so that the update to each weight is the mean of theirs. The heads stay at"
                        + " the trainers, so it has none.";
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

    private static String load(JobSpec spec, ExportedAdapter adapter, String base) {
        return completes(adapter) ? loadCausal(base) : loadClassifier(spec, adapter, base);
    }

    /** Problems in GSM8K's form are asked as the trainer asks them. */
    private static String loadCausal(String base) {
        return """
            import torch
            from peft import PeftModel
            from transformers import AutoModelForCausalLM, AutoTokenizer

            base = %s
            model = AutoModelForCausalLM.from_pretrained(base)
            model = PeftModel.from_pretrained(model.float(), ".").eval()
            tokenizer = AutoTokenizer.from_pretrained(base)
            prompt = "Question: Tom has 3 apples and gets 4. How many are there?\\nAnswer:"
            inputs = tokenizer(prompt, return_tensors="pt")
            with torch.no_grad():
                said = model.generate(**inputs, max_new_tokens=64, do_sample=False)
            print(tokenizer.decode(said[0], skip_special_tokens=True))\
            """.formatted(literal(base));
    }

    private static String loadClassifier(JobSpec spec, ExportedAdapter adapter, String base) {
        String code = """
            import torch
            from peft import PeftModel
            from transformers import %1$s, AutoTokenizer

            base = %2$s
            %3$smodel = PeftModel.from_pretrained(model.float(), ".").eval()
            tokenizer = AutoTokenizer.from_pretrained(base)
            inputs = tokenizer("a text", truncation=True, max_length=%4$d, return_tensors="pt")
            with torch.no_grad():
                logits = model(**inputs).logits%5$s\
            """.formatted(
                        modelClass(adapter),
                        literal(base),
                        base(adapter),
                        spec.getMaxLength(),
                        readsFirst(adapter) ? "[:, 0]  # the classifier reads the first token" : "");
        return adapter.hasHead() ? code + "\nprint(labels[int(logits.argmax())])" : code + "\nprint(logits)";
    }

    /** The base model in its class: with the labels of the adapter's head, or with the head that it has. */
    private static String base(ExportedAdapter adapter) {
        if (!adapter.hasHead()) {
            return """
                # the adapter has no head: this one is the base model's own, or new where it has none
                model = %s.from_pretrained(base)
                """.formatted(modelClass(adapter));
        }
        return """
            labels = %s  # in the order of the outputs
            model = %s.from_pretrained(
                base,
                num_labels=len(labels),
                id2label=dict(enumerate(labels)),
                label2id={label: output for output, label in enumerate(labels)},
                ignore_mismatched_sizes=True,  # the head comes with the adapter
            )
            """.formatted(literal(adapter.labels()), modelClass(adapter));
    }

    private static String merge(ExportedAdapter adapter) {
        return """
            merged = model.merge_and_unload()%s
            merged.save_pretrained("merged")
            tokenizer.save_pretrained("merged")\
            """.formatted(
                adapter.hasHead() || completes(adapter) ? "" : ".base_model  # the encoder," + " without a head");
    }

    private static String serve(ExportedAdapter adapter) {
        if (completes(adapter)) {
            return """
                from transformers import pipeline

                complete = pipeline("text-generation", model="merged")
                print(complete(prompt, max_new_tokens=64, do_sample=False)[0]["generated_text"])\
                """;
        }
        if (!adapter.hasHead()) {
            return """
                from transformers import pipeline

                features = pipeline("feature-extraction", model="merged")
                print(len(features("a text")[0]), "vectors")\
                """;
        }
        if (!readsFirst(adapter)) {
            return """
                from transformers import pipeline

                classify = pipeline("text-classification", model="merged")
                print(classify("a text"))\
                """;
        }
        return """
            import torch
            from transformers import AutoModelForTokenClassification, AutoTokenizer

            model = AutoModelForTokenClassification.from_pretrained("merged").eval()
            tokenizer = AutoTokenizer.from_pretrained("merged")


            def classify(text):
                # a pipeline would classify each token: here the first one stands for the text
                with torch.no_grad():
                    logits = model(**tokenizer(text, truncation=True, return_tensors="pt")).logits[0, 0]
                return {model.config.id2label[i]: float(p) for i, p in enumerate(logits.softmax(0))}


            print(classify("a text"))\
            """;
    }

    private static String modelClass(ExportedAdapter adapter) {
        return readsFirst(adapter) ? "AutoModelForTokenClassification" : "AutoModelForSequenceClassification";
    }

    private static boolean completes(ExportedAdapter adapter) {
        return adapter.taskType().filter(CausalModel.TASK_TYPE::equals).isPresent();
    }

    private static boolean readsFirst(ExportedAdapter adapter) {
        return adapter.taskType().filter("TOKEN_CLS"::equals).isPresent();
    }

    /** A text or a list of texts as Python reads it, which is how JSON writes it. */
    private static String literal(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
