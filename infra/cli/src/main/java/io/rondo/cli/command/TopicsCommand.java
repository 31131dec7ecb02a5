package io.rondo.cli.command;

import io.rondo.cli.check.Role;
import io.rondo.cli.job.JobFile;
import io.rondo.cli.output.Console;
import io.rondo.cli.plan.PlanFormat;
import io.rondo.cli.plan.TopicPlan;
import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "topics",
        description = "Plan the topics, settings, ACLs and quotas of a job, for those who create them beforehand.",
        footer = {
            "",
            "Creates nothing and needs no cluster. If all topics exist, no user needs the right to create topics."
        })
public final class TopicsCommand extends ConsoleCommand {
    @Option(names = "--plan", required = true, paramLabel = "FILE", description = "The job file.")
    private Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Overrides the file; may be repeated.")
    private List<String> settings = new ArrayList<>();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "commands",
            description =
                    "commands (kafka-topics.sh, kafka-acls.sh, kafka-configs.sh), strimzi or terraform. Default: ${DEFAULT-VALUE}.")
    private PlanFormat format;

    @Option(
            names = "--trainers",
            paramLabel = "ID,…",
            split = ",",
            description = "Users of the trainers. Default: trainers of the job file.")
    private List<String> trainers = new ArrayList<>();

    @Option(
            names = "--aggregator",
            paramLabel = "USER",
            defaultValue = "aggregator",
            description = "User of the aggregator. Default: ${DEFAULT-VALUE}.")
    private String aggregator;

    @Option(
            names = "--operator",
            paramLabel = "USER",
            defaultValue = "operator",
            description = "User who submits and controls the job. Default: ${DEFAULT-VALUE}.")
    private String operator;

    /** The JSON result. */
    record Result(String job, String format, List<PlannedTopic> topics, String text) {
        record PlannedTopic(String name, int partitions, int replication, SortedMap<String, String> config) {}
    }

    @Override
    public void run(Console console) {
        JobSpec spec = JobFile.read(file, settings);
        List<String> ids = trainers.isEmpty() ? spec.getTrainers() : trainers;
        if (ids.isEmpty()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "the job file names no trainers, so no user would get a trainer's rights",
                    "give --trainers, or trainers in the job file");
        }
        Map<String, Role> users = new LinkedHashMap<>();
        users.put(requireUser("--operator", operator), Role.OPERATOR);
        users.put(requireUser("--aggregator", aggregator), Role.AGGREGATOR);
        ids.forEach(id -> users.put(Identifiers.requireTrainer(id), Role.TRAINER));
        JobTopics topics = new JobTopics(spec.getName(), spec.getPartitions(), spec.getReplication());
        TopicPlan plan = TopicPlan.of(topics, spec.getRounds(), users);
        String text = format.write(plan);
        console.result(
                new Result(
                        spec.getName(),
                        format.name().toLowerCase(Locale.ROOT),
                        plan.all().stream().map(TopicsCommand::json).toList(),
                        text),
                text.stripTrailing());
    }

    private static Result.PlannedTopic json(Topic topic) {
        return new Result.PlannedTopic(
                topic.name(), topic.partitions(), topic.replication(), new TreeMap<>(topic.configs()));
    }

    /** Refuses names that a shell or another tool's file would not read as plain names. */
    private static String requireUser(String option, String user) {
        if (!user.matches("[A-Za-z0-9._@=,-]{1,200}")) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    option + " is '" + user + "'",
                    "give a user of letters, digits and . _ @ = , -");
        }
        return user;
    }
}
