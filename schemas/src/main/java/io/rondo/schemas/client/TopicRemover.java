package io.rondo.schemas.client;

import io.rondo.schemas.topic.Topic;
import java.util.Collection;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.InterruptException;

/** Takes back what was created for something that then failed. */
public final class TopicRemover {
    private TopicRemover() {}

    /** Deletes those of the topics that are there. One that cannot be deleted stays: the failure that led here says more. */
    public static void remove(Admin admin, Collection<Topic> topics) {
        admin.deleteTopics(topics.stream().map(Topic::name).toList())
                .topicNameValues()
                .values()
                .forEach(deletion -> {
                    try {
                        deletion.get();
                    } catch (ExecutionException e) {
                        // it was not created, or the broker is gone
                    } catch (InterruptedException e) {
                        throw new InterruptException(e);
                    }
                });
    }
}
