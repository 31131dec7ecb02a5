package io.rondo.demo;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * What a demo's directory keeps of the demo, as JSON, so that no other demo takes it. Directories of earlier versions are found again: a
 * name that has come later is left out where it has the value that demos had before.
 *
 * @param task null for classification
 * @param data directory of the data, or {@code made}
 * @param languages null if all trainers are in Java
 * @param text the column of the text; null if it is found by its name, as are the two after it
 * @param job the lines of the job file
 * @param secure null without TLS, users and rights
 * @param signed null without signatures, which came later than the others
 */
@JsonPropertyOrder({
    "task",
    "data",
    "trainers",
    "languages",
    "dirichlet",
    "train-rows",
    "test-rows",
    "text",
    "text-pair",
    "label",
    "job",
    "secure",
    "signed"
})
@JsonInclude(JsonInclude.Include.NON_NULL)
record DemoStamp(
        String task,
        String data,
        int trainers,
        List<String> languages,
        double dirichlet,
        @JsonProperty("train-rows") int trainRows,
        @JsonProperty("test-rows") int testRows,
        String text,
        @JsonProperty("text-pair") String textPair,
        String label,
        List<String> job,
        Boolean secure,
        Boolean signed) {

    /** That of the same demo with TLS, users, rights and signatures. */
    DemoStamp secured() {
        return new DemoStamp(
                task, data, trainers, languages, dirichlet, trainRows, testRows, text, textPair, label, job, true,
                true);
    }
}
