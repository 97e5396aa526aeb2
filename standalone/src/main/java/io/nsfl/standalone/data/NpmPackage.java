package io.nsfl.standalone.data;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Files of a package of an npm registry: fetched by npm where it is installed, else from the registry that is configured. */
final class NpmPackage {
    private static final long LARGEST_FILE = 64L << 20;

    private NpmPackage() {}

    /** The wanted files, by their last name. */
    static Map<String, byte[]> files(String name, String version, Set<String> wanted)
            throws IOException, InterruptedException {
        Path scratch = Files.createTempDirectory("nsfl-npm");
        try {
            return unpack(archive(name, version, scratch), wanted);
        } finally {
            try (Stream<Path> left = Files.list(scratch)) {
                for (Path file : left.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(scratch);
        }
    }

    private static Path archive(String name, String version, Path scratch) throws IOException, InterruptedException {
        Optional<Path> packed = packedByNpm(name, version, scratch);
        if (packed.isPresent()) {
            return packed.get();
        }
        String registry = registry()
                .orElseThrow(
                        () -> new FaultException(
                                Fault.CONFIGURATION_INVALID,
                                "the package " + name
                                        + " cannot be fetched because npm was not found: install npm, or set "
                                        + "NPM_CONFIG_REGISTRY to the URL of an npm registry, or put the files there yourself"));
        return downloaded(URI.create(registry + "/" + name + "/-/" + name + "-" + version + ".tgz"), scratch);
    }

    private static Optional<Path> packedByNpm(String name, String version, Path scratch) throws InterruptedException {
        try {
            Process npm = new ProcessBuilder("npm", "pack", "--silent", name + "@" + version)
                    .directory(scratch.toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            npm.getOutputStream().close();
            npm.waitFor();
            try (Stream<Path> made = Files.list(scratch)) {
                return made.filter(file -> file.toString().endsWith(".tgz")).findFirst();
            }
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> registry() throws IOException {
        for (String variable : List.of("NPM_CONFIG_REGISTRY", "npm_config_registry")) {
            String value = System.getenv(variable);
            if (value != null && !value.isBlank()) {
                return Optional.of(value.replaceFirst("/+$", ""));
            }
        }
        Path settings = Path.of(System.getProperty("user.home"), ".npmrc");
        if (Files.isReadable(settings)) {
            for (String line : Files.readAllLines(settings)) {
                if (line.strip().startsWith("registry=")) {
                    return Optional.of(
                            line.strip().substring("registry=".length()).replaceFirst("/+$", ""));
                }
            }
        }
        return Optional.empty();
    }

    private static Path downloaded(URI address, Path scratch) throws IOException, InterruptedException {
        Path archive = scratch.resolve("package.tgz");
        try (HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build()) {
            HttpResponse<Path> answer =
                    client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofFile(archive));
            if (answer.statusCode() != 200) {
                throw new FaultException(
                        Fault.UNAVAILABLE,
                        "the npm registry answered " + answer.statusCode() + " for " + address.getPath());
            }
        }
        return archive;
    }

    private static Map<String, byte[]> unpack(Path archive, Set<String> wanted) throws IOException {
        Map<String, byte[]> found = new HashMap<>();
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive));
                TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(file))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
                if (entry.isFile() && wanted.contains(name) && entry.getSize() <= LARGEST_FILE) {
                    found.put(name, tar.readAllBytes());
                }
            }
        }
        return found;
    }
}
