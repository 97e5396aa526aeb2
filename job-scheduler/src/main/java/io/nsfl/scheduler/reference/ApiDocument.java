package io.nsfl.scheduler.reference;

import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The OpenAPI document of all services, as it is written and as JSON. */
public final class ApiDocument {
    private static final String RESOURCE = "/openapi/nsfl.yaml";

    private final byte[] yaml;
    private final byte[] json;

    private ApiDocument(byte[] yaml, byte[] json) {
        this.yaml = yaml;
        this.json = json;
    }

    public static ApiDocument load() {
        try (InputStream in = JobJson.class.getResourceAsStream(RESOURCE)) {
            byte[] yaml = in.readAllBytes();
            Map<String, Object> tree =
                    new Yaml(new SafeConstructor(new LoaderOptions())).load(new String(yaml, StandardCharsets.UTF_8));
            return new ApiDocument(yaml, JobJson.bytes(tree));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    byte[] yaml() {
        return yaml.clone();
    }

    byte[] json() {
        return json.clone();
    }
}
