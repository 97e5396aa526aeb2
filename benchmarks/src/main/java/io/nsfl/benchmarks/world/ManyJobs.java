package io.nsfl.benchmarks.world;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** Jobs without clients over REST, as their users create, look at and delete them. A call fails unless the service did what was asked. */
public final class ManyJobs {
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final String jobs;

    ManyJobs(String apiServer) {
        this.jobs = "http://" + apiServer + "/api/v1/namespaces/default/jobs";
    }

    /** Creates a job; it waits for clients, of which there are none. */
    public void create(String id) throws IOException, InterruptedException {
        ask(
                "",
                201,
                request -> request.POST(BodyPublishers.ofString(JobJson.text(BenchJob.job(id, 1, 1))))
                        .header("Content-Type", "application/json"));
    }

    /** Stops it: most jobs of a store are over. */
    public void stop(String id) throws IOException, InterruptedException {
        ask("/" + id + ":stop", 200, request -> request.PUT(BodyPublishers.noBody()));
    }

    public void get(String id) throws IOException, InterruptedException {
        ask("/" + id, 200, HttpRequest.Builder::GET);
    }

    public void delete(String id) throws IOException, InterruptedException {
        ask("/" + id, 200, HttpRequest.Builder::DELETE);
    }

    /** @param query with its question mark, or empty: all jobs */
    public String list(String query) throws IOException, InterruptedException {
        return ask(query, 200, HttpRequest.Builder::GET);
    }

    private String ask(String path, int status, UnaryOperator<HttpRequest.Builder> method)
            throws IOException, InterruptedException {
        HttpRequest request =
                method.apply(HttpRequest.newBuilder(URI.create(jobs + path))).build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != status) {
            throw new FaultException(
                    Fault.INTERNAL_ERROR,
                    "%s %s answered %d: %s"
                            .formatted(request.method(), request.uri(), answer.statusCode(), answer.body()));
        }
        return answer.body();
    }
}
