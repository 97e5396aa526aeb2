package io.nsfl.systemtests.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.job.JobJson;
import io.nsfl.servicekit.rest.PeerHttp;
import io.nsfl.servicekit.tls.TlsFiles;
import io.nsfl.servicekit.tls.TransportSecurity;
import io.nsfl.systemtests.crash.Await;
import io.nsfl.systemtests.crash.Program;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Whole jobs on a platform that trusts nobody without being shown why. */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SecuredE2E {
    private static final Pattern UNWANTED = Pattern.compile("does not run scripts with the SHA-256 ([0-9a-f]{64})");

    private SecuredSite site;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        site = SecuredSite.start(directory);
    }

    @AfterAll
    void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @Test
    void playsAJobOverTlsWithAnEnrolledClient() throws Exception {
        site.client("enrolled", JobJson.newObject());

        assertThat(site.create("quick", "enrolled").statusCode()).isEqualTo(201);

        awaitState("quick", "FINISHED");
    }

    @Test
    void servesNobodyWhoTrustsAnotherAuthorityOrShowsNothing() throws Exception {
        TlsFiles files = TlsFiles.of(site.servers());
        try (PeerHttp nothing =
                        PeerHttp.open(TransportSecurity.tls(new TlsFiles(Optional.empty(), files.authorities()), ""));
                PeerHttp stranger =
                        PeerHttp.open(TransportSecurity.tls(TlsFiles.of(site.strangersCertificate()), ""))) {
            assertThat(site.ask(nothing, "GET", "/jobs", "", "").statusCode()).isEqualTo(403);
            assertThatThrownBy(() -> site.ask(stranger, "GET", "/jobs", "", "")).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void asksTheModelManagerOverTls() throws Exception {
        ObjectNode job = SecuredSite.job("modelled", "enrolled");
        job.put("model_id", "default-none-V0");

        assertThat(site.ask("POST", "/jobs", JobJson.text(job)).body()).contains("default-none-V0");
        assertThat(site.ask("POST", "/jobs", JobJson.text(job)).statusCode()).isEqualTo(403);
    }

    @Test
    void refusesAClientWithoutAnEnrolmentToken() throws Exception {
        ObjectNode setup = JobJson.newObject();
        setup.putNull("enrolment_token_file");

        Program client = site.client("uninvited", setup);

        awaitLog(client, "enrolment token");
    }

    @Test
    void refusesAClientWithAStrangersCertificate() throws Exception {
        ObjectNode setup = JobJson.newObject();
        setup.put("ssl", site.strangersCertificate().toString());

        Program client = site.client("stranger", setup);

        awaitLog(client, "certificate");
    }

    @Test
    void choosesAClientOnlyForScriptsThatItsPolicyNames() throws Exception {
        Program before = site.client("strict", policy("0".repeat(64)));
        assertThat(site.create("digested", "strict").statusCode()).isEqualTo(201);
        Await.until(
                "the policy refuses the scripts",
                Await.LONG,
                () -> UNWANTED.matcher(site.story("digested")).find(),
                () -> site.story("digested") + SecuredSite.log(before));
        Matcher told = UNWANTED.matcher(site.story("digested"));
        assertThat(told.find()).isTrue();

        before.kill();
        site.client("strict", policy(told.group(1)));

        awaitState("digested", "FINISHED");
    }

    private static ObjectNode policy(String digest) {
        ObjectNode setup = JobJson.newObject();
        ObjectNode policy = setup.putObject("script_policy");
        policy.putArray("namespaces").add(SecuredSite.NAMESPACE);
        policy.putArray("scripts_sha256").add(digest);
        return setup;
    }

    private void awaitState(String job, String state) throws Exception {
        Await.until(
                "job " + job + " is " + state,
                Await.LONG,
                () -> site.see("/jobs/" + job)
                        .path("status")
                        .path("state")
                        .asString("")
                        .equals(state),
                () -> site.story(job));
    }

    private static void awaitLog(Program client, String words) throws Exception {
        Await.until(
                "the client is told of the " + words,
                Await.LONG,
                () -> SecuredSite.log(client).toLowerCase(Locale.ROOT).contains(words),
                () -> SecuredSite.log(client));
    }
}
