package io.nsfl.standalone.demo;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.LenientJson;
import io.nsfl.standalone.home.NsflHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * A copy of an example's workspace with an id of its own, so that a demo can be repeated.
 *
 * @param workspace what {@code nsfl-ctl create job -w} gets
 */
record DemoJob(String id, Path workspace, int rounds) {
    /** @param rounds 0 = as the example says */
    static DemoJob prepare(NsflHome home, Runtime runtime, int clients, int rounds, Set<String> taken)
            throws IOException {
        Path example = home.examples().resolve("mnist").resolve(runtime.canonicalName());
        if (!Files.isDirectory(example)) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID, "there is no example for " + runtime + " at " + example);
        }
        ObjectNode config = LenientJson.readObject(example.resolve("config.json"));
        String id = free(config.path("id").asString("mnist"), taken);
        config.put("id", id);
        ObjectNode hyperParameters = (ObjectNode) config.get("hyper_parameters");
        hyperParameters.put("client_num", clients);
        hyperParameters.put("threshold_client_num", clients);
        if (rounds > 0) {
            hyperParameters.put("max_round_num", rounds);
        }
        Path workspace = home.demo().resolve(id);
        copy(example, workspace);
        Files.writeString(workspace.resolve("config.json"), JobJson.pretty(config));
        return new DemoJob(id, workspace, hyperParameters.path("max_round_num").asInt());
    }

    private static String free(String id, Set<String> taken) {
        String candidate = id;
        for (int number = 2; taken.contains(candidate); number++) {
            candidate = id + "-" + number;
        }
        return candidate;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (!file.toString().contains("__pycache__")) {
                    Files.write(target, Files.readAllBytes(file));
                }
            }
        }
    }
}
