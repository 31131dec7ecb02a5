package io.rondo.trainer.api;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.List;
import java.util.ServiceLoader;

/** The installed trainers: those that {@link ServiceLoader} finds on the class path. */
public final class LocalTrainerFactories {
    private LocalTrainerFactories() {}

    /** @throws RondoException with {@link ErrorCode#COMMAND_NOT_INSTALLED} when no trainer has this name */
    public static LocalTrainerFactory named(String name) {
        return ServiceLoader.load(LocalTrainerFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(factory -> factory.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new RondoException(
                        ErrorCode.COMMAND_NOT_INSTALLED,
                        "no trainer called '" + name + "' is installed; here is " + names(),
                        "choose one of these, or add the trainer's jar and its libraries to the class path"));
    }

    /** The names of all installed trainers, in alphabetical order. */
    public static List<String> names() {
        return ServiceLoader.load(LocalTrainerFactory.class).stream()
                .map(provider -> provider.get().name())
                .sorted()
                .toList();
    }
}
