package io.nsfl.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.scheduler.SchedulerFixture.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceTest {
    @TempDir
    private Path workspace;

    @Test
    void servesTheDocumentAndAPageThatFetchesNothingFromElsewhere() {
        try (SchedulerFixture scheduler = new SchedulerFixture(workspace)) {
            Answer yaml = scheduler.send("GET", "/openapi.yaml", null);
            assertThat(yaml.status()).isEqualTo(200);
            assertThat(yaml.headers().get("content-type")).containsExactly("application/yaml");
            assertThat(yaml.body()).startsWith("openapi: 3.1.0");
            assertThat(scheduler
                            .send("GET", "/openapi.json", null)
                            .json()
                            .path("paths")
                            .has("/api/v1/namespaces/{namespace}/jobs/{id}:start"))
                    .isTrue();
            assertThat(scheduler.send("GET", "/docs", null).headers().get("location"))
                    .containsExactly("docs/");

            Answer page = scheduler.send("GET", "/docs/", null);
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.headers().get("content-security-policy").getFirst()).contains("connect-src 'self'");
            List<String> links = Pattern.compile("(?:href|src)=\"([^\"]+)\"")
                    .matcher(page.body())
                    .results()
                    .map(found -> found.group(1))
                    .toList();
            assertThat(links).hasSize(4).allSatisfy(link -> {
                assertThat(link).doesNotContain("/");
                assertThat(scheduler.send("GET", "/docs/" + link, null).status())
                        .isEqualTo(200);
            });
            assertThat(scheduler.send("GET", "/docs/page.js", null).body()).contains("../openapi.yaml");
            assertThat(scheduler.send("GET", "/docs/swagger-ui.js", null).status())
                    .isEqualTo(404);
            assertThat(scheduler
                            .send("GET", "/../../webjars/swagger-ui/5.34.1/index.html", null)
                            .status())
                    .isGreaterThanOrEqualTo(400);
        }
    }
}
