package io.nsfl.proxy.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.proxy.route.RouteTable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DoorTest {
    private final RouteTable table = new RouteTable();
    private final AtomicInteger unknown = new AtomicInteger();
    private final Map<String, String> hosts = Map.of("selector", "10.0.0.1", "default-a", "10.0.0.2", "six", "::5");
    private final Door door = new Door(table, "selector:50055", this::resolve, "", unknown::incrementAndGet);

    private InetAddress resolve(String host) throws UnknownHostException {
        if (!hosts.containsKey(host)) {
            throw new UnknownHostException(host);
        }
        return InetAddress.getByName(hosts.get(host));
    }

    private Passage judge(String path, String job) {
        return door.judge(new Question(path, job, "192.0.2.1", Optional.empty()));
    }

    private FaultException refusal(String path, String job) {
        return catchThrowableOfType(FaultException.class, () -> judge(path, job));
    }

    @Test
    void resolvesWhereAStreamGoes() {
        table.put("default-a", "default-a:50051");
        table.put("default-six", "six:1");
        assertThat(judge("/nsfl.v1.TaskService/FetchTask", "default-a"))
                .isEqualTo(new Passage("nsfl.v1.TaskService", "10.0.0.2:50051", "default-a", "default-a"));
        assertThat(judge("/nsfl.v1.ClientService/Connect", "default-a"))
                .isEqualTo(new Passage("nsfl.v1.ClientService", "10.0.0.1:50055", "selector", ""));
        assertThat(judge("/nsfl.v1.TaskService/FetchTask", "default-six").upstream())
                .isEqualTo("[0:0:0:0:0:0:0:5]:1");
    }

    @Test
    void expectsTheNameThatTheInstallationsCertificatesBear() {
        Door named = new Door(table, "selector:50055", this::resolve, "nsfl.example", () -> {});
        assertThat(named.judge(new Question("/nsfl.v1.ClientService/Connect", "", "192.0.2.1", Optional.empty()))
                        .name())
                .isEqualTo("nsfl.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nsfl.v1.SelectionService/Reserve",
                "/nsfl.v1.CoordinatorControl/Stop",
                "/nsfl.v1.TaskService/../nsfl.v1.SelectionService/Reserve",
                "/nsfl.v1.TaskService/%2e%2e/x",
                "/nsfl.v1.TaskService/Fetch?x=1",
                "/nsfl.v1.TaskServiceX/Fetch",
                "/grpc.health.v1.Health/Check",
                "/",
                ""
            })
    void letsNothingElseIn(String path) {
        table.put("default-a", "default-a:50051");
        assertThat(refusal(path, "default-a").fault()).isEqualTo(Fault.FORBIDDEN);
    }

    @Test
    void asksForWhatItDoesNotKnowAndSendsTheClientToTryAgain() {
        FaultException refusal = refusal("/nsfl.v1.TaskService/FetchTask", "default-new");
        assertThat(refusal.fault()).isEqualTo(Fault.UNAVAILABLE);
        assertThat(refusal.retryAfter()).isPresent();
        assertThat(unknown).hasValue(1);
        assertThat(refusal("/nsfl.v1.TaskService/FetchTask", "no/name").fault()).isEqualTo(Fault.REQUEST_INVALID);
        assertThat(unknown).hasValue(1);
    }

    @Test
    void sendsTheClientToTryAgainWhileANameIsNotKnown() {
        table.put("default-b", "default-b:50051");
        assertThat(refusal("/nsfl.v1.TaskService/FetchTask", "default-b").fault())
                .isEqualTo(Fault.UNAVAILABLE);
    }

    @Test
    void encodesMessagesAsTheProtocolWants() {
        assertThat(DoorController.percentEncoded("100% of ä\r\n")).isEqualTo("100%25 of %C3%A4%0D%0A");
    }
}
