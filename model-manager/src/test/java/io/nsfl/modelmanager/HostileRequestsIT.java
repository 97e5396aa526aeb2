package io.nsfl.modelmanager;

import static io.nsfl.servicekit.rest.RawRequest.brief;
import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.servicekit.rest.HostileRequestsContract;
import io.nsfl.servicekit.rest.RawRequest;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class HostileRequestsIT implements HostileRequestsContract {
    private static final String MODELS = "/api/v1/namespaces/default/models";
    private static final String BY_ID = "/api/v1/models";
    private static final String READY = MODELS + "/kept/versions/V0/content";
    private static final String WAITING = MODELS + "/waiting/versions/V0/content";

    @TempDir
    private static Path workspace;

    private static EmbeddedPostgres postgres;
    private static ModelManagerFixture manager;

    @BeforeAll
    static void start() throws IOException {
        postgres = EmbeddedPostgres.builder().setPort(0).start();
        manager = new ModelManagerFixture(
                workspace,
                null,
                null,
                List.of(
                        "--nsfl.model-manager.db-type=postgreSQL",
                        "--nsfl.model-manager.db-address=127.0.0.1:" + postgres.getPort(),
                        "--nsfl.model-manager.db-username=postgres",
                        "--nsfl.model-manager.db-name=postgres"));
        manager.create("kept");
        byte[] bytes = "0123456789".getBytes(StandardCharsets.UTF_8);
        assertThat(manager.send("PUT", "/namespaces/default/models/kept/versions/V0/content", bytes, Map.of())
                        .status())
                .isEqualTo(200);
        manager.create("waiting");
        assertThat(manager.send(
                                "PUT",
                                "/namespaces/default/models/waiting/versions/V0/content",
                                bytes,
                                Map.of("Content-Range", "bytes 0-9/20"))
                        .status())
                .isEqualTo(202);
        manager.put("default/out/final.h5", "trained");
    }

    @AfterAll
    static void stop() throws IOException {
        manager.close();
        postgres.close();
    }

    @Override
    public int port() {
        return manager.port();
    }

    /** What the service tells and what lies on the disk. */
    @Override
    public String state() {
        try (Stream<Path> files = Files.walk(workspace)) {
            return manager.send("GET", "/namespaces/default/models", null).body()
                    + manager.send("GET", "/namespaces/other/models", null).status()
                    + files.filter(Files::isRegularFile)
                            .map(file -> file + " " + file.toFile().length())
                            .sorted()
                            .collect(Collectors.joining(", "));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public List<RawRequest> requests() {
        List<RawRequest> all = new ArrayList<>(HostileRequestsContract.posts(MODELS));
        bodies(all);
        fields(all);
        reports(all);
        ids(all);
        paths(all);
        methods(all);
        contents(all);
        ranges(all);
        return all;
    }

    private static void bodies(List<RawRequest> all) {
        List<String> bodies = new ArrayList<>(HostileRequestsContract.bodies("name"));
        bodies.addAll(List.of(
                "{\"progress\":1e99999999999}",
                "{\"progress\":" + "9".repeat(1500) + "}",
                "{\"description\":\"" + "x".repeat(70_000) + "\"}"));
        for (String body : bodies) {
            all.add(RawRequest.of("create " + brief(body), "POST", MODELS, body));
            all.add(RawRequest.of("report by id " + brief(body), "PUT", BY_ID + "?model_id=default-waiting-V0", body));
            all.add(RawRequest.of("report by name " + brief(body), "PUT", MODELS + "/waiting?version=V0", body));
        }
    }

    /** Models with one field that no model has so. */
    private static void fields(List<RawRequest> all) {
        for (String field : List.of(
                "name:7",
                "name:''",
                "name:' '",
                "name:null",
                "name:[]",
                "name:'../x'",
                "name:'a b'",
                "name:'a/b'",
                "name:'a|b'",
                "name:'ä'",
                "name:'x\\u202e'",
                "name:'a\\u0000b'",
                "name:'%2e%2e'",
                "name:'" + "x".repeat(101) + "'",
                "runtime:7",
                "runtime:''",
                "runtime:null",
                "runtime:{}",
                "runtime:'" + "x".repeat(101) + "'",
                "version:{}",
                "version:1",
                "version:'../V0'",
                "version:'a b'",
                "version:'" + "v".repeat(101) + "'",
                "description:5",
                "description:[]",
                "description:'a\\u0000b'",
                "description:'" + "x".repeat(10_001) + "'",
                "file_name:''",
                "file_name:5",
                "file_name:['f']",
                "file_name:'..'",
                "file_name:'.'",
                "file_name:'/'",
                "file_name:'a/'",
                "file_name:'../../etc/passwd'",
                "file_name:'a/../../b'",
                "file_name:'a\\u0000b'",
                "file_name:'a\\nb'",
                "file_name:'.nsfl-put-x'",
                "file_name:'" + "f".repeat(256) + "'",
                "file_name:null",
                "model_path:'/f'",
                "model_path:'default'",
                "model_path:'default:'",
                "model_path:'default:/'",
                "model_path:'default:/../other/f'",
                "model_path:'..:/f'",
                "model_path:'.:/f'",
                "model_path:':/f'",
                "model_path:'a/b:/f'",
                "model_path:'models:/default/kept/V0/init.h5'",
                "model_path:7",
                "model_path:{}")) {
            int colon = field.indexOf(':');
            String name = field.substring(0, colon);
            String value = field.substring(colon + 1).replace('\'', '"');
            boolean file = name.equals("file_name") || name.equals("model_path");
            String rest = Stream.of("name:\"hostile\"", "runtime:\"tf\"", "file_name:\"f\"")
                    .filter(other -> !other.startsWith(name + ":") && !(file && other.startsWith("file_name:")))
                    .map(other -> "\"" + other.replaceFirst(":", "\":"))
                    .collect(Collectors.joining(","));
            all.add(RawRequest.of(
                    "field " + brief(field), "POST", MODELS, "{%s,\"%s\":%s}".formatted(rest, name, value)));
        }
        all.add(
                RawRequest.of(
                        "a file to copy and one to send",
                        "POST",
                        MODELS,
                        "{\"name\":\"hostile\",\"runtime\":\"tf\",\"file_name\":\"f\",\"model_path\":\"default:/out/final.h5\"}"));
        String model = "{\"name\":\"hostile\",\"runtime\":\"tf\",\"file_name\":\"f\"}";
        for (String namespace : List.of("%2e%2e", "-a", ".a", "a%20b", "a%5cb", "n".repeat(254), "%C3%A4", "a%00b")) {
            all.add(RawRequest.of(
                    "namespace " + brief(namespace), "POST", "/api/v1/namespaces/" + namespace + "/models", model));
        }
    }

    /** Reports of an upload that nobody can mean. */
    private static void reports(List<RawRequest> all) {
        for (String report : List.of(
                "{}",
                "{\"progress\":0}",
                "{\"progress\":101}",
                "{\"progress\":-1}",
                "{\"progress\":\"many\"}",
                "{\"progress\":[]}",
                "{\"progress\":true}",
                "{\"state\":5}",
                "{\"state\":[]}",
                "{\"state\":\"success\",\"sha256\":\"short\"}",
                "{\"state\":\"success\",\"sha256\":5}",
                "{\"state\":\"" + "s".repeat(101) + "\"}",
                "{\"description\":\"another\"}")) {
            all.add(RawRequest.of("report " + brief(report), "PUT", BY_ID + "?model_id=default-waiting-V0", report));
        }
        all.add(RawRequest.of("report without a version", "PUT", MODELS + "/waiting", "{\"state\":\"failed\"}"));
    }

    private static void ids(List<RawRequest> all) {
        for (String query : List.of(
                "",
                "?model_id=",
                "?model_id=absent",
                "?model_id=..%2f..",
                "?model_id=a%00b",
                "?model_id=%ff",
                "?model_id=%zz",
                "?id=default-kept-V0",
                "?model_id=default-kept-V0&model_id=default-waiting-V0",
                "?model_id=" + "x".repeat(5000),
                "?model_id=%7b%22$ne%22:1%7d")) {
            for (String method : List.of("GET", "PUT", "DELETE")) {
                all.add(RawRequest.of(
                        method + " by id " + brief(query), method, BY_ID + query, "{\"state\":\"failed\"}"));
            }
        }
    }

    private static void paths(List<RawRequest> all) {
        for (String path : List.of(
                "/",
                "/kept/",
                "/absent",
                "/..",
                "/%2e%2e",
                "/../../other/models",
                "/a%00b",
                "/a;b=c",
                "/%ff",
                "/%zz",
                "/kept?version=V9",
                "/kept?version=..",
                "/kept?version=%00",
                "/kept/versions",
                "/kept/versions/V0",
                "/kept/versions/V9/content",
                "/kept/versions/../V0/content",
                "/kept/versions/%2e%2e/content",
                "/absent/versions/V0/content",
                "/" + "m".repeat(5000))) {
            all.add(RawRequest.of("get " + brief(path), "GET", MODELS + path, ""));
            all.add(RawRequest.of("delete " + brief(path), "DELETE", MODELS + path, ""));
        }
        all.add(RawRequest.of("delete one that is uploaded", "DELETE", MODELS + "/waiting?version=V0", ""));
        all.add(RawRequest.of("delete all of one that is uploaded", "DELETE", MODELS + "/waiting", ""));
    }

    private static void methods(List<RawRequest> all) {
        for (String method : List.of("PATCH", "TRACE", "PROPFIND", "FOO", "PUT", "DELETE")) {
            all.add(RawRequest.of("method " + method, method, MODELS, ""));
        }
        for (String method : List.of("PATCH", "POST", "TRACE")) {
            all.add(RawRequest.of("method by id " + method, method, BY_ID + "?model_id=default-kept-V0", ""));
            all.add(RawRequest.of("method of content " + method, method, READY, ""));
        }
        all.add(RawRequest.of("override", "POST", MODELS + "/kept", "X-HTTP-Method-Override: DELETE\r\n", ""));
    }

    /** Bytes that are sent to the wrong place or in the wrong way. */
    private static void contents(List<RawRequest> all) {
        for (String range : List.of(
                "bytes 0-2/20",
                "bytes 11-13/20",
                "bytes 12-10/20",
                "bytes 10-12/12",
                "bytes 10-30/20",
                "bytes 10-19/20",
                "bytes 10-12/*",
                "bytes */20",
                "bytes=10-12",
                "lines 10-12/20",
                "bytes -1-1/20",
                "bytes 10-12/99999999999999999999",
                "x",
                "bytes 1 0-12/20")) {
            all.add(RawRequest.of("range " + range, "PUT", WAITING, "Content-Range: " + range + "\r\n", "abc"));
        }
        for (String checksum : List.of("x", "00", "g".repeat(64), "0".repeat(65))) {
            all.add(RawRequest.of(
                    "checksum " + brief(checksum),
                    "PUT",
                    WAITING,
                    "Content-Range: bytes 10-12/20\r\nX-Checksum-Sha256: " + checksum + "\r\n",
                    "abc"));
        }
        all.add(RawRequest.of("bytes for what is ready", "PUT", READY, "abc"));
        all.add(RawRequest.of("bytes for nothing", "PUT", MODELS + "/absent/versions/V0/content", "abc"));
        all.add(RawRequest.of("bytes of what is not ready", "GET", WAITING, ""));
    }

    private static void ranges(List<RawRequest> all) {
        for (String range : List.of("bytes=10-", "bytes=11-12", "bytes=99999999999999-", "bytes=-0")) {
            all.add(RawRequest.of("read " + range, "GET", READY, "Range: " + range + "\r\n", ""));
        }
    }
}
