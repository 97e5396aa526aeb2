package io.nsfl.servicekit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.ManagedChannel;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.fault.Violation;
import io.nsfl.protocol.ids.Headers;
import io.nsfl.protocol.v1.CheckResourcesRequest;
import io.nsfl.protocol.v1.CheckResourcesResponse;
import io.nsfl.protocol.v1.Conditions;
import io.nsfl.protocol.v1.CoordinatorControlGrpc;
import io.nsfl.protocol.v1.CoordinatorStatus;
import io.nsfl.protocol.v1.SelectionServiceGrpc;
import io.nsfl.protocol.v1.StatusRequest;
import io.nsfl.protocol.v1.StopRequest;
import io.nsfl.protocol.v1.StopResponse;
import io.nsfl.servicekit.access.AccessConfiguration;
import io.nsfl.servicekit.grpc.Channels;
import io.nsfl.servicekit.grpc.GrpcServerAddress;
import io.nsfl.servicekit.grpc.GrpcServerConfiguration;
import io.nsfl.servicekit.lifecycle.StartFailure;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.security.SecretClientInterceptor;
import io.nsfl.servicekit.security.SecretServerInterceptor;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Both edges of a real service: what a caller sees when something is refused or fails. */
class ServiceEdgeIT {
    private static final InternalSecret SECRET = InternalSecret.of("ab".repeat(32));

    private static ConfigurableApplicationContext service;
    private static ManagedChannel channel;
    private static String rest;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        service = new SpringApplicationBuilder(Service.class)
                .run(
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--spring.mvc.async.request-timeout=100ms",
                        "--spring.grpc.server.port=0",
                        "--spring.grpc.server.address=127.0.0.1");
        rest = "http://127.0.0.1:" + service.getEnvironment().getProperty("local.server.port");
        channel = Channels.open(
                "127.0.0.1:" + service.getBean(GrpcServerAddress.class).port());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(60, TimeUnit.SECONDS);
        service.close();
    }

    @Test
    void answersARefusalWithItsStatusAndEveryViolation() throws Exception {
        HttpResponse<String> answer = get("/refused");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        assertThat(answer.body()).isEqualTo("""
            {"state":"FAILED","reason":"The job is refused.","code":"REQUEST_INVALID",\
            "violations":[{"path":"$.port","given":"80","message":"must be larger"}]}\
            """);
    }

    @Test
    void saysWhenToComeBack() throws Exception {
        HttpResponse<String> answer = get("/busy");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("retry-after")).contains("2");
    }

    @Test
    void saysThatAnAnswerDoesNotComeInTime() throws Exception {
        HttpResponse<String> answer = get("/never");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("\"code\":\"UNAVAILABLE\"", "look before you try again");
    }

    @Test
    void keepsAnUnforeseenFailureToItself() throws Exception {
        HttpResponse<String> answer = get("/broken");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body())
                .startsWith("{\"state\":\"FAILED\",\"reason\":\"Server Internal"
                        + " Error.\",\"code\":\"INTERNAL_ERROR\",\"incident\":")
                .doesNotContain("hunter2", "Exception");
    }

    @Test
    void answersUnknownPathsAndMethodsInTheSameShape() throws Exception {
        assertThat(get("/nowhere").statusCode()).isEqualTo(404);
        assertThat(get("/nowhere").body()).contains("\"state\":\"FAILED\"", "\"code\":\"PATH_UNKNOWN\"");
        assertThat(get("/refused/").statusCode()).isEqualTo(404);
        assertThat(get("/error").statusCode()).isEqualTo(404);
        HttpResponse<String> wrongMethod = send(request("/refused").DELETE().build());
        assertThat(wrongMethod.statusCode()).isEqualTo(405);
        assertThat(wrongMethod.body()).contains("\"code\":\"METHOD_UNSUPPORTED\"");
    }

    @Test
    void answersABodyOrParameterThatCannotBeReadInTheSameShape() throws Exception {
        HttpResponse<String> body = send(request("/body")
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{"))
                .build());
        HttpResponse<String> parameter = get("/number/x");

        assertThat(body.statusCode()).isEqualTo(403);
        assertThat(body.body()).contains("\"code\":\"REQUEST_INVALID\"");
        assertThat(parameter.statusCode()).isEqualTo(403);
    }

    @Test
    void guardsInternalPathsByTheSecret() throws Exception {
        HttpRequest.BodyPublisher nothing = HttpRequest.BodyPublishers.noBody();

        assertThat(send(request("/api/v1/internal/thing").PUT(nothing).build()).statusCode())
                .isEqualTo(401);
        assertThat(send(request("/api/v1/internal/thing")
                                .header(Headers.INTERNAL, "wrong")
                                .PUT(nothing)
                                .build())
                        .body())
                .contains("\"code\":\"UNAUTHENTICATED\"");
        assertThat(send(request("/api/v1/internal/thing")
                                .header(Headers.INTERNAL, SECRET.hex())
                                .PUT(nothing)
                                .build())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void endsACallWithTheFaultThatWasThrownOrHandedOver() {
        var stub = CoordinatorControlGrpc.newBlockingStub(channel);

        FaultException thrown = fault(
                () -> stub.stop(StopRequest.newBuilder().setReason("refused").build()));
        FaultException handedOver = fault(() -> stub.status(StatusRequest.getDefaultInstance()));

        assertThat(thrown.fault()).isEqualTo(Fault.STALE_RUN);
        assertThat(thrown).hasMessage("Another run owns this job.");
        assertThat(handedOver.fault()).isEqualTo(Fault.UPLOADS_BUSY);
        assertThat(handedOver.retryAfter()).contains(Duration.ofMillis(250));
    }

    @Test
    void keepsAnUnforeseenFailureOfACallToItself() {
        var stub = CoordinatorControlGrpc.newBlockingStub(channel);

        FaultException failure = fault(
                () -> stub.stop(StopRequest.newBuilder().setReason("broken").build()));

        assertThat(failure.fault()).isEqualTo(Fault.INTERNAL_ERROR);
        assertThat(failure.getMessage()).startsWith("Server Internal Error.").doesNotContain("hunter2");
    }

    @Test
    void guardsInternalServicesByTheSecret() {
        var open = SelectionServiceGrpc.newBlockingStub(channel);
        CheckResourcesRequest request = CheckResourcesRequest.getDefaultInstance();

        assertThat(fault(() -> open.checkResources(request)).fault()).isEqualTo(Fault.UNAUTHENTICATED);
        assertThat(fault(() -> open.withInterceptors(
                                        SecretClientInterceptor.internal(InternalSecret.of("cd".repeat(32))))
                                .checkResources(request))
                        .fault())
                .isEqualTo(Fault.UNAUTHENTICATED);
        assertThat(open.withInterceptors(SecretClientInterceptor.internal(SECRET))
                        .checkResources(request)
                        .getSatisfied())
                .isTrue();
    }

    @Test
    void takesMessagesUpToThePlatformsOwnBound() {
        var stub = SelectionServiceGrpc.newBlockingStub(channel)
                .withInterceptors(SecretClientInterceptor.internal(SECRET));
        CheckResourcesRequest beyondTheLibrarysDefault = CheckResourcesRequest.newBuilder()
                .setConditions(Conditions.newBuilder().setRuntime("x".repeat(6 << 20)))
                .build();

        assertThat(stub.checkResources(beyondTheLibrarysDefault).getSatisfied()).isTrue();
    }

    @Test
    void saysInOneSentenceThatAPortIsTaken() {
        int taken = service.getBean(GrpcServerAddress.class).port();
        int takenByRest = URI.create(rest).getPort();

        assertThat(startFailure("--spring.grpc.server.port=" + taken, "--server.port=0"))
                .satisfies(sentence -> assertThat(sentence).contains("in use", Integer.toString(taken)));
        assertThat(startFailure("--spring.grpc.server.port=0", "--server.port=" + takenByRest))
                .satisfies(sentence -> assertThat(sentence).contains("in use", Integer.toString(takenByRest)));
    }

    private static String startFailure(String... ports) {
        SpringApplicationBuilder second = new SpringApplicationBuilder(Service.class)
                .properties("server.address=127.0.0.1", "spring.grpc.server.address=127.0.0.1");
        StartFailure failure = StartFailure.of(catchThrowable(() -> second.run(ports)));
        assertThat(failure.foreseen()).isTrue();
        assertThat(failure.sentences()).hasSize(1);
        return failure.sentences().getFirst();
    }

    private static FaultException fault(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return GrpcFaults.from(catchThrowableOfType(StatusRuntimeException.class, call));
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return send(request(path).GET().build());
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(rest + path)).timeout(Duration.ofSeconds(60));
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import({RestFaultConfiguration.class, AccessConfiguration.class, GrpcServerConfiguration.class})
    static class Service {
        @Bean
        Rest rest() {
            return new Rest();
        }

        @Bean
        InternalSecret secret() {
            return SECRET;
        }

        @Bean
        @GlobalServerInterceptor
        @Order(0)
        ServerInterceptor internalCalls() {
            return SecretServerInterceptor.internal(SECRET, Set.of(SelectionServiceGrpc.SERVICE_NAME));
        }

        @Bean
        Control control() {
            return new Control();
        }

        @Bean
        Selection selection() {
            return new Selection();
        }
    }

    @RestController
    static class Rest {
        @GetMapping("/refused")
        String refused() {
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    "The job is refused.",
                    List.of(new Violation("$.port", "80", "must be larger")));
        }

        @GetMapping("/never")
        CompletableFuture<String> never() {
            return new CompletableFuture<>();
        }

        @GetMapping("/busy")
        String busy() {
            throw new FaultException(Fault.UPLOADS_BUSY, "Too many.", Duration.ofMillis(1200), null);
        }

        @GetMapping("/broken")
        String broken() {
            throw new IllegalStateException("hunter2");
        }

        @GetMapping("/number/{number}")
        int number(@PathVariable("number") int number) {
            return number;
        }

        @PostMapping("/body")
        int body(@RequestBody Map<String, Object> body) {
            return body.size();
        }

        @PutMapping("/api/v1/internal/thing")
        String internal() {
            return "ok";
        }
    }

    static final class Control extends CoordinatorControlGrpc.CoordinatorControlImplBase {
        @Override
        public void stop(StopRequest request, StreamObserver<StopResponse> response) {
            if (request.getReason().equals("broken")) {
                throw new IllegalStateException("hunter2");
            }
            throw new FaultException(Fault.STALE_RUN, "Another run owns this job.");
        }

        @Override
        public void status(StatusRequest request, StreamObserver<CoordinatorStatus> response) {
            response.onError(new FaultException(Fault.UPLOADS_BUSY, "Too many.", Duration.ofMillis(250), null));
        }
    }

    static final class Selection extends SelectionServiceGrpc.SelectionServiceImplBase {
        @Override
        public void checkResources(CheckResourcesRequest request, StreamObserver<CheckResourcesResponse> response) {
            response.onNext(
                    CheckResourcesResponse.newBuilder().setSatisfied(true).build());
            response.onCompleted();
        }
    }
}
