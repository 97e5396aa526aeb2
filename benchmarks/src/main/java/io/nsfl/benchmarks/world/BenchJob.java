package io.nsfl.benchmarks.world;

import io.nsfl.benchmarks.load.LoadUpdate;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.RoundMetrics;
import io.nsfl.standalone.home.Addresses;
import io.nsfl.standalone.home.NsflHome;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A job whose clients do nothing but send: its files, and its course over REST. */
public final class BenchJob {
    private static final String NAMESPACE = "default";
    private static final String ID = "bench";
    private static final String FILES = "fl-" + ID;
    private static final double MODEL_SCALE = 0.05;
    private static final long MODEL_SEED = 1;
    private static final int ROUND_TIMEOUT_SECONDS = 1800;
    private static final long LOOK_MILLIS = 300;
    private static final Set<String> ENDS = Set.of("FINISHED", "FAILED", "STOPPED");

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final URI jobs;
    private final Path files;

    BenchJob(NsflHome home, Addresses platform) {
        this.jobs = URI.create("http://" + platform.apiServer() + "/api/v1/namespaces/" + NAMESPACE + "/jobs");
        this.files = files(home);
    }

    static Path files(NsflHome home) {
        return home.workspace().resolve(NAMESPACE).resolve(FILES);
    }

    /** Writes model and scripts, and tells the scheduler. @param rounds all of them, the first included */
    public void create(int clients, long parameters, int rounds) throws IOException, InterruptedException {
        writeFiles(files, parameters);
        HttpResponse<String> answer = ask(HttpRequest.newBuilder(jobs)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JobJson.text(job(ID, clients, rounds)))));
        if (answer.statusCode() != 201) {
            throw new FaultException(
                    Fault.INTERNAL_ERROR, "The scheduler did not take the benchmark's job: " + answer.body());
        }
    }

    /** Model and scripts of {@link #job}. */
    static void writeFiles(Path files, long parameters) throws IOException {
        Files.createDirectories(files.resolve("model"));
        LoadUpdate.write(files.resolve("model/init.safetensors"), parameters, MODEL_SCALE, MODEL_SEED);
        Path scripts = Files.createDirectories(files.resolve("scripts"));
        for (String script : List.of("task.json", "return_at_once.py")) {
            try (InputStream content = BenchJob.class.getResourceAsStream("/io/nsfl/benchmarks/scripts/" + script)) {
                Files.copy(content, scripts.resolve(script));
            }
        }
    }

    static ObjectNode job(String id, int clients, int rounds) {
        ObjectNode job = JobJson.newObject();
        job.put("id", id);
        job.put("description", "rounds without training");
        job.put("runtime", "pytorch");
        job.put("model_path", FILES + "/model/init.safetensors");
        job.put("output", "/output");
        job.putObject("scripts").put("path", FILES + "/scripts").put("config_file", "task.json");
        ObjectNode parameters = job.putObject("hyper_parameters");
        parameters.put("max_round_num", rounds);
        parameters.put("client_num", clients);
        parameters.put("threshold_client_num", clients);
        parameters.put("evaluate_interval", rounds);
        parameters.put("save_interval", rounds);
        parameters.put("round_timeout", ROUND_TIMEOUT_SECONDS);
        parameters.put("seed", 1);
        return job;
    }

    /** Waits for a terminal state. @return that state and its reason */
    public String awaitEnd() throws IOException, InterruptedException {
        while (true) {
            JsonNode status = json("").path("status");
            String state = status.path("state").asString("");
            if (ENDS.contains(state)) {
                String reason = status.path("reason").asString("");
                return reason.isEmpty() ? state : state + ": " + reason;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    /** State of the job now. */
    public String state() throws IOException, InterruptedException {
        return json("").path("status").path("state").asString("");
    }

    public List<RoundMetrics> rounds() throws IOException, InterruptedException {
        List<RoundMetrics> rounds = new ArrayList<>();
        for (JsonNode round : json("/metrics").path("rounds")) {
            rounds.add(JobJson.convert((ObjectNode) round, RoundMetrics.class));
        }
        return rounds;
    }

    /** All events; they come in pages. */
    public List<JobEvent> events() throws IOException, InterruptedException {
        List<JobEvent> events = new ArrayList<>();
        JsonNode page = json("/events").path("events");
        while (!page.isEmpty()) {
            for (JsonNode event : page) {
                events.add(JobJson.convert((ObjectNode) event, JobEvent.class));
            }
            page = json("/events?after=" + events.getLast().seq()).path("events");
        }
        return events;
    }

    private ObjectNode json(String path) throws IOException, InterruptedException {
        String body = ask(HttpRequest.newBuilder(URI.create(jobs + "/" + ID + path))
                        .GET())
                .body();
        return JobJson.object(body.getBytes(StandardCharsets.UTF_8));
    }

    private HttpResponse<String> ask(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
