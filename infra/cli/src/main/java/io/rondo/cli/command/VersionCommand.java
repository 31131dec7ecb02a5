package io.rondo.cli.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rondo.cli.output.Console;
import io.rondo.trainer.api.bench.ProductKernels;
import io.rondo.trainer.api.bench.TrainerBenchmark;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;

@Command(name = "version", description = "Print the versions of Rondo, its libraries and Java.")
public final class VersionCommand extends ConsoleCommand {

    /** The one line that {@code rondo --version} prints. */
    public static final class Provider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"rondo " + versions().getProperty("rondo")};
        }
    }

    /** The version of the software, such as {@code 0.1.0}. */
    public static String current() {
        return versions().getProperty("rondo");
    }

    /** The JSON result. Without a trainer there are no products. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(String rondo, String kafka, String avro, String java, ProductsOutput.Result products) {}

    @Mixin
    private ModelOptions model;

    @Override
    public void run(Console console) {
        Properties versions = versions();
        Optional<ProductKernels> products = products();
        Result result = new Result(
                versions.getProperty("rondo"),
                versions.getProperty("kafka"),
                versions.getProperty("avro"),
                Runtime.version().toString(),
                products.map(ProductsOutput::json).orElse(null));
        String text = "rondo %s (Kafka %s, Avro %s, Java %s)"
                .formatted(result.rondo(), result.kafka(), result.avro(), result.java());
        console.result(
                result,
                text + products.map(kernels -> "\nproducts   " + kernels).orElse(""));
    }

    /** Empty if no trainer is installed: an aggregator alone has a version too. */
    private Optional<ProductKernels> products() {
        return ServiceLoader.load(TrainerBenchmark.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(trainer -> trainer.name().equals(model.engine()))
                .findFirst()
                .flatMap(trainer -> trainer.products(model.cache()));
    }

    private static Properties versions() {
        Properties versions = new Properties();
        try (InputStream file = VersionCommand.class.getResourceAsStream("/io/rondo/cli/versions.properties")) {
            versions.load(file);
        } catch (IOException e) {
            throw new IllegalStateException("the file of versions cannot be read", e);
        }
        return versions;
    }
}
