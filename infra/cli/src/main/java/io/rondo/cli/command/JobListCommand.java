package io.rondo.cli.command;

import io.rondo.cli.connection.OpenCluster;
import io.rondo.cli.job.JobListing;
import io.rondo.cli.output.Console;
import io.rondo.cli.output.Table;
import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", description = "List the jobs of a cluster.")
final class JobListCommand extends ConsoleCommand {
    @Mixin
    private ClusterOptions options;

    @Override
    public void run(Console console) {
        try (OpenCluster cluster = options.open(console)) {
            show(JobListing.read(cluster.connection()), console);
        }
    }

    private static void show(List<JobSubmitted> jobs, Console console) {
        Table table = new Table("job", "method", "adapter", "model", "rounds", "submitted", "continues", "uuid");
        for (JobSubmitted job : jobs) {
            JobSpec spec = job.getSpec();
            table.row(
                    spec.getName(),
                    spec.getMethod(),
                    spec.getAdapter(),
                    spec.getModel(),
                    Integer.toString(spec.getRounds()),
                    Instant.ofEpochMilli(job.getSubmittedAt()).toString(),
                    job.getLineage() == null ? "–" : Lineages.text(job.getLineage()),
                    job.getJobUuid());
        }
        console.result(
                Map.of("jobs", jobs.stream().map(JobListCommand::json).toList()),
                jobs.isEmpty() ? "no job has been submitted yet" : table.toString());
    }

    private static Map<String, Object> json(JobSubmitted job) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("job", job.getSpec().getName());
        json.put("jobUuid", job.getJobUuid());
        json.put("method", job.getSpec().getMethod());
        json.put("adapter", job.getSpec().getAdapter());
        json.put("model", job.getSpec().getModel());
        json.put("rounds", job.getSpec().getRounds());
        json.put("submittedAt", job.getSubmittedAt());
        json.put("lineage", job.getLineage() == null ? null : Lineages.json(job.getLineage()));
        return json;
    }
}
