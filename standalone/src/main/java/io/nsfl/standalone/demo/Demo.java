package io.nsfl.standalone.demo;

import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.standalone.home.Addresses;
import io.nsfl.standalone.home.Java;
import io.nsfl.standalone.home.NsflHome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One job from a user's first command to its final model, on a platform that runs. */
public final class Demo {
    private static final String NAMESPACE = "default";

    private final NsflHome home;
    private final Addresses platform;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    public Demo(NsflHome home, Addresses platform) {
        this.home = home;
        this.platform = platform;
    }

    /**
     * Creates the job through nsfl-ctl, follows it, and prints the line for scripts.
     *
     * @param rounds 0 = as the example says
     * @return whether the job FINISHED
     */
    public boolean run(Runtime runtime, int clients, int rounds) throws IOException, InterruptedException {
        DemoJob job = DemoJob.prepare(home, runtime, clients, rounds, taken());
        long start = System.nanoTime();
        System.out.println("$ ./nsfl ctl create job " + NAMESPACE + " -w " + job.workspace() + " --follow");
        List<String> command = Java.command(
                home,
                "nsfl-ctl",
                Java.SMALL,
                "io.nsfl.ctl.CtlApplication",
                "create",
                "job",
                NAMESPACE,
                "-w",
                job.workspace().toString(),
                "--follow");
        ProcessBuilder ctl = new ProcessBuilder(command).inheritIO();
        ctl.environment().put("NSFL_CONFIG", home.ctlConfig().toString());
        int code = ctl.start().waitFor();
        double seconds = (System.nanoTime() - start) / 1e9;
        JobKey key = new JobKey(NAMESPACE, job.id());
        String state = ask("/jobs/" + job.id()).path("status").path("state").asString("UNKNOWN");
        System.out.println(result(key, state, seconds));
        return code == 0 && state.equals("FINISHED");
    }

    private String result(JobKey key, String state, double seconds) throws IOException, InterruptedException {
        int rounds = 0;
        double accuracy = 0;
        for (JsonNode round : ask("/jobs/" + key.id() + "/metrics").path("rounds")) {
            rounds += round.path("state").asString("").equals("COMMITTED") ? 1 : 0;
            accuracy = round.path("evaluate").path("accuracy").asDouble(accuracy);
        }
        return String.format(
                Locale.ROOT,
                "result job=%s state=%s rounds=%d accuracy=%.4f seconds=%.1f output=%s",
                key,
                state,
                rounds,
                accuracy,
                seconds,
                output(key));
    }

    /** The newest output directory of the job; the directory of outputs while there is none. */
    private Path output(JobKey key) throws IOException {
        Path outputs = home.workspace().resolve(key.namespace()).resolve("output");
        String prefix = "fl_" + key.id() + "_output_V";
        if (!Files.isDirectory(outputs)) {
            return outputs;
        }
        try (Stream<Path> directories = Files.list(outputs)) {
            return directories
                    .filter(directory -> directory.getFileName().toString().matches("\\Q" + prefix + "\\E\\d+"))
                    .max((a, b) -> Integer.compare(version(a, prefix), version(b, prefix)))
                    .orElse(outputs);
        }
    }

    private static int version(Path directory, String prefix) {
        return Integer.parseInt(directory.getFileName().toString().substring(prefix.length()));
    }

    private Set<String> taken() throws IOException, InterruptedException {
        Set<String> ids = new HashSet<>();
        for (JsonNode job : ask("/jobs").path("jobs")) {
            ids.add(job.path("id").asString(""));
        }
        return ids;
    }

    private ObjectNode ask(String path) throws IOException, InterruptedException {
        URI address = URI.create("http://" + platform.apiServer() + "/api/v1/namespaces/" + NAMESPACE + path);
        String body = client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                .body();
        return JobJson.object(body.getBytes(StandardCharsets.UTF_8));
    }
}
