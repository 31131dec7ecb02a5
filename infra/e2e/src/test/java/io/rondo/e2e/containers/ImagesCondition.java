package io.rondo.e2e.containers;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.DockerClientFactory;

/** Images that an earlier build left would test that build: only those that this one has made count. */
final class ImagesCondition implements ExecutionCondition {
    /** Their version; set by the profile {@code images}, which builds them. */
    private static final String PROPERTY = "rondo.images";

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (System.getProperty(PROPERTY, "").isEmpty()) {
            return skipped("this build makes no container images; with a container engine: mvn -B verify -Pimages");
        }
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            return skipped("there is no container engine; start one, or set DOCKER_HOST");
        }
        return ConditionEvaluationResult.enabled("there are images");
    }

    private static ConditionEvaluationResult skipped(String reason) {
        System.out.println("skipped: " + reason);
        return ConditionEvaluationResult.disabled(reason);
    }

    /** The name of one of the images, such as {@code rondo-trainer:1.0}. */
    static String image(String name) {
        return "rondo-" + name + ':' + System.getProperty(PROPERTY);
    }
}
