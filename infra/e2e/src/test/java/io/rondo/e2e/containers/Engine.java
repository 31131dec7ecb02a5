package io.rondo.e2e.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.testcontainers.DockerClientFactory;

/** What tests do to the containers of one compose project. */
final class Engine {
    private static final String PROJECT = "com.docker.compose.project";
    private static final String SERVICE = "com.docker.compose.service";

    private static final int LOG_LINES = 60;

    private final DockerClient docker = DockerClientFactory.instance().client();
    private final String project;

    private Engine(String project) {
        this.project = project;
    }

    /** @param prefix how the project's name starts */
    static Engine ofProject(String prefix) {
        String project = DockerClientFactory.instance().client().listContainersCmd().withShowAll(true).exec().stream()
                .map(container -> container.getLabels().getOrDefault(PROJECT, ""))
                .filter(name -> name.startsWith(prefix))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no container of a project " + prefix + "…"));
        return new Engine(project);
    }

    String project() {
        return project;
    }

    /** The services that have a container, in the order of their names. */
    List<String> services() {
        return containers(Map.of(PROJECT, project)).stream()
                .map(container -> container.getLabels().get(SERVICE))
                .sorted()
                .toList();
    }

    private List<Container> containers(Map<String, String> labels) {
        return docker.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(labels)
                .exec();
    }

    private String id(String service) {
        return containers(Map.of(PROJECT, project, SERVICE, service)).stream()
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no container of " + service))
                .getId();
    }

    private InspectContainerResponse inspect(String service) {
        return docker.inspectContainerCmd(id(service)).exec();
    }

    ContainerState state(String service) {
        return inspect(service).getState();
    }

    int restarts(String service) {
        return inspect(service).getRestartCount();
    }

    boolean hasHealthCheck(String service) {
        return state(service).getHealth() != null;
    }

    boolean isHealthy(String service) {
        return state(service).getHealth().getStatus().equals("healthy");
    }

    /**
     * Kills the main process from outside of its container, so that the engine sees a crash: it does not start again what
     * {@code docker kill} has ended.
     */
    void killMainProcess(String service) {
        run("kill -9 " + state(service).getPidLong(), HostConfig.newHostConfig().withPidMode("host"));
    }

    private void run(String command, HostConfig config) {
        String helper = docker.createContainerCmd(ImagesCondition.image("aggregator"))
                .withHostConfig(config)
                .withUser("0")
                .withEntrypoint("sh", "-c", command)
                .exec()
                .getId();
        try {
            docker.startContainerCmd(helper).exec();
            int status = docker.waitContainerCmd(helper).start().awaitStatusCode();
            if (status != 0) {
                throw new AssertionError(command + " ended with " + status);
            }
        } finally {
            docker.removeContainerCmd(helper)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        }
    }

    void pause(String service) {
        docker.pauseContainerCmd(id(service)).exec();
    }

    void unpause(String service) {
        docker.unpauseContainerCmd(id(service)).exec();
    }

    void stop(String service) {
        docker.stopContainerCmd(id(service)).exec();
    }

    void start(String service) {
        docker.startContainerCmd(id(service)).exec();
    }

    /** Cuts a service off: nothing goes out or comes in. */
    void disconnect(String service) {
        docker.disconnectFromNetworkCmd()
                .withNetworkId(network())
                .withContainerId(id(service))
                .exec();
    }

    void connect(String service) {
        docker.connectToNetworkCmd()
                .withNetworkId(network())
                .withContainerId(id(service))
                .exec();
    }

    private String network() {
        return project + "_default";
    }

    /** Whether its health check fails now. */
    boolean isUnwell(String service) throws IOException, InterruptedException {
        return new ProcessBuilder("docker", "exec", id(service), "/opt/rondo/bin/health")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                != 0;
    }

    /** A file of a container, read as its user. */
    String read(String service, String file) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("docker", "exec", id(service), "cat", file)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(service + " cannot read " + file);
        }
        return text;
    }

    /** The last of what a service has printed. */
    String log(String service) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        docker.logContainerCmd(id(service))
                .withStdOut(true)
                .withStdErr(true)
                .withTail(LOG_LINES)
                .exec(new ResultCallback.Adapter<Frame>() {
                    @Override
                    public void onNext(Frame frame) {
                        text.append(new String(frame.getPayload(), StandardCharsets.UTF_8));
                    }
                })
                .awaitCompletion();
        return text.toString();
    }
}
