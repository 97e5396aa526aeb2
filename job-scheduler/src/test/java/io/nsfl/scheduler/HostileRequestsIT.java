package io.nsfl.scheduler;

import io.nsfl.servicekit.rest.HostileRequestsContract;
import io.nsfl.servicekit.rest.RawRequest;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class HostileRequestsIT implements HostileRequestsContract {
    private static final String JOBS = "/api/v1/namespaces/default/jobs";
    private static final String JOB = JOBS + "/kept";

    @TempDir
    private static Path workspace;

    private static EmbeddedPostgres postgres;
    private static SchedulerFixture scheduler;

    @BeforeAll
    static void start() throws IOException {
        postgres = EmbeddedPostgres.builder().setPort(0).start();
        scheduler = new SchedulerFixture(
                workspace,
                null,
                List.of(
                        "--nsfl.scheduler.db-address=127.0.0.1:" + postgres.getPort(),
                        "--nsfl.scheduler.db-username=postgres",
                        "--nsfl.scheduler.db-name=postgres"));
        scheduler.selector.refuse("kept", "No clients.");
        scheduler.create("kept");
        scheduler.awaitState("kept", "PENDING");
    }

    @AfterAll
    static void stop() throws IOException {
        scheduler.close();
        postgres.close();
    }

    @Override
    public int port() {
        return scheduler.uri("").getPort();
    }

    @Override
    public String state() {
        return scheduler.send("GET", "/namespaces/default/jobs", null).body()
                + scheduler.send("GET", "/namespaces/other/jobs", null).body()
                + scheduler.send("GET", "/namespaces/default/clients", null).body();
    }

    @Override
    public List<RawRequest> requests() {
        List<RawRequest> all = new ArrayList<>(HostileRequestsContract.posts(JOBS));
        bodies(all);
        fields(all);
        paths(all);
        clients(all);
        queries(all);
        methods(all);
        headers(all);
        return all;
    }

    /** Bodies that are no job object at all, for create and for update. */
    private static void bodies(List<RawRequest> all) {
        List<String> bodies = new ArrayList<>(HostileRequestsContract.bodies("id"));
        bodies.addAll(List.of(
                "{\"port\":1e99999999999}",
                "{\"port\":" + "9".repeat(500) + "}",
                "{\"" + "n".repeat(5000) + "\":1}",
                "\uFEFF\uFEFF{}",
                "--- \nid: x",
                "{\"__proto__\":{\"id\":\"x\"}}"));
        for (String body : bodies) {
            all.add(raw("create " + RawRequest.brief(body), "POST", JOBS, body));
            all.add(raw("update " + RawRequest.brief(body), "PUT", JOB, body));
        }
        all.add(raw("over a megabyte", "POST", JOBS, "{\"description\":\"" + "x".repeat(1 << 20) + "\"}"));
    }

    /** Job objects with one field that no job has so. */
    private static void fields(List<RawRequest> all) {
        List<String> wrong = new ArrayList<>(List.of(
                "id:'Abc'",
                "id:'-a'",
                "id:'a_b'",
                "id:''",
                "id:7",
                "id:{}",
                "id:null",
                "id:'../x'",
                "id:'a b'",
                "id:'ä'",
                "id:'x\\u202e'",
                "runtime:'caffe'",
                "runtime:1",
                "runtime:null",
                "runtime:['dl4j']",
                "output:1",
                "output:null",
                "output:'../../etc'",
                "output:'a/../../b'",
                "output:'a\\\\b'",
                "output:'a\\u0000b'",
                "model_path:'../model.zip'",
                "model_path:'/etc/passwd'",
                "model_path:'model/none.zip'",
                "model_path:'model'",
                "model_path:{}",
                "model_path:''",
                "model_id:'unknown'",
                "model_id:5",
                "checkpoint_id:'checkpoint_v1'",
                "checkpoint_id:[]",
                "task_entry:'x'",
                "scripts:'scripts'",
                "scripts:[]",
                "scripts:{}",
                "scripts:{path:'scripts'}",
                "scripts:{path:'../scripts',config_file:'train.json'}",
                "scripts:{path:'scripts',config_file:'../train.json'}",
                "scripts:{path:'scripts',config_file:'absent.json'}",
                "clients:[]",
                "clients:5",
                "port:80",
                "port:65536",
                "port:-1",
                "port:1.5",
                "port:'x'",
                "port:true",
                "port:[]",
                "datasets:[]",
                "datasets:1",
                "ssl:'../..'",
                "parameters:[]",
                "parameters:'x'",
                "parameters:{a:{}}",
                "parameters:{a:[1]}",
                "hyper_parameters:[]",
                "hyper_parameters:{max_round_num:0}",
                "hyper_parameters:{max_round_num:-1}",
                "hyper_parameters:{max_round_num:1.5}",
                "hyper_parameters:{max_round_num:99999999999}",
                "hyper_parameters:{max_round_num:1e400}",
                "hyper_parameters:{client_num:'two'}",
                "hyper_parameters:{client_num:2,threshold_client_num:3}",
                "hyper_parameters:{round_timeout:0}",
                "hyper_parameters:{learning_rate:0}",
                "hyper_parameters:{learning_rate:'NaN'}",
                "hyper_parameters:{collect_window:-1}",
                "hyper_parameters:{seed:-1}",
                "resource:[]",
                "resource:{cpu:-1}",
                "resource:{cpu:'many'}",
                "resource:{memory:1.5}",
                "resource:{gpu:-1}",
                "resource:{worker_num:{}}",
                "secure_algorithm:'DP'",
                "secure_algorithm:{type:'XYZ'}",
                "optimizer:'fedprox'",
                "optimizer:{name:'adam'}",
                "optimizer:{name:'fedprox',params:[]}",
                "random_client:'maybe'",
                "random_client:2",
                "untrained_first:{}",
                "redundancy:'x'",
                "redundancy:-1",
                "publish:'x'",
                "publish:{}",
                "publish:{name:'../x'}",
                "publish:{name:'a',version:'b c'}",
                "description:{}",
                "description:'\\u0000'",
                "extender:{script_path:'x'}",
                "extenders:[1]",
                "block_default:true"));
        for (String field : wrong) {
            int colon = field.indexOf(':');
            String value = field.substring(colon + 1)
                    .replaceAll("([{,])([a-z_]+):", "$1\"$2\":")
                    .replace('\'', '"');
            ObjectNode job = SchedulerFixture.job("hostile");
            job.remove(field.substring(0, colon));
            String text = job.toString();
            String body =
                    text.substring(0, text.length() - 1) + ",\"" + field.substring(0, colon) + "\":" + value + "}";
            all.add(raw("field " + field, "POST", JOBS, body));
        }
    }

    private static void paths(List<RawRequest> all) {
        for (String path : List.of(
                "/api/v1/namespaces/default/jobs/../../../heartbeat",
                "/api/v1/namespaces/..%2f..%2fetc/jobs",
                "/api/v1/namespaces/%2e%2e/jobs",
                "/api/v1/namespaces/default/jobs/%2e%2e",
                "/api/v1/namespaces/default/jobs/a%00b",
                "/api/v1/namespaces/default/jobs/a%0d%0ab",
                "/api/v1/namespaces/default/jobs/a;b=c",
                "/api/v1//namespaces/default/jobs",
                "/api/v1/namespaces//jobs",
                "/api/v1/namespaces/default/jobs/",
                "/api/v1/namespaces/default/jobs/kept/",
                "/api/v1/namespaces/default/jobs/kept/nothing",
                "/api/v1/namespaces/default/jobs/" + "a".repeat(101),
                "/api/v1/namespaces/" + "n".repeat(300) + "/jobs",
                "/api/v1/namespaces/default/jobs/%zz",
                "/api/v1/namespaces/default/jobs/%",
                "/api/v1/namespaces/default/jobs/%c0%af",
                "/api/v1/namespaces/default/jobs/kept%5c",
                "/api/v1/namespaces/a%5cb/jobs",
                "/api/v1/namespaces/a%20b/jobs",
                "/api/v1/namespaces/default/jobs/kept:restart",
                "/api/v1/namespaces/default/jobs/absent",
                "/api/v2/namespaces/default/jobs",
                "/API/v1/namespaces/default/jobs",
                "/api/v1/namespaces/default/Jobs",
                "/actuator/env",
                "/error",
                "/webjars/swagger-ui/index.html",
                "/api/v1/docs/..%2fopenapi.yaml",
                "/api/v1/docs/none.js",
                "/" + "x".repeat(20_000),
                "/api/v1/namespaces/default/jobs/{id}",
                "/api/v1/namespaces/default/jobs/<script>")) {
            all.add(raw("path " + RawRequest.brief(path), "GET", path, ""));
        }
    }

    /** Clients are looked at, never changed. */
    private static void clients(List<RawRequest> all) {
        String clients = "/api/v1/namespaces/default/clients";
        for (String path : List.of(
                "/",
                "/absent",
                "/%2e%2e",
                "/..%2f..%2fjobs",
                "/../jobs",
                "/a%00b",
                "/a%0d%0aSet-Cookie:%20x",
                "/a;b=c",
                "/%ff%fe",
                "/%zz",
                "/%e2%80%ae",
                "/127.0.0.1%5c",
                "/absent/tasks",
                "/" + "c".repeat(5000),
                "/%27%20or%201=1",
                "/%7b%22$ne%22:1%7d")) {
            all.add(raw("client " + RawRequest.brief(path), "GET", clients + path, ""));
        }
        for (String method : List.of("POST", "PUT", "DELETE", "PATCH")) {
            all.add(raw("clients by " + method, method, clients, "{\"id\":\"x\"}"));
            all.add(raw("client by " + method, method, clients + "/x", "{\"id\":\"x\"}"));
        }
        all.add(raw("clients of no namespace", "GET", "/api/v1/namespaces//clients", ""));
        all.add(raw("clients of a namespace above", "GET", "/api/v1/namespaces/%2e%2e/clients", ""));
    }

    private static void queries(List<RawRequest> all) {
        for (String query : List.of(
                "limit=0",
                "limit=-1",
                "limit=abc",
                "limit=1.5",
                "limit=99999999999999999999",
                "limit=%00",
                "limit=NaN",
                "state=RUN",
                "state=running",
                "state=%00",
                "state=",
                "after=absent",
                "after=..%2f",
                "after=%0a",
                "after=",
                "limit=%zz")) {
            all.add(raw("list " + query, "GET", JOBS + "?" + query, ""));
        }
        for (String query : List.of(
                "/events?after=-1",
                "/events?after=x",
                "/events?after=99999999999999999999",
                "/metrics?run=..",
                "/metrics?run=%00",
                "/metrics?run=" + "r".repeat(65),
                "/logs?lines=-1",
                "/logs?lines=10001",
                "/logs?lines=x",
                "/logs?lines=1e3")) {
            all.add(raw("query " + RawRequest.brief(query), "GET", JOB + query, ""));
        }
    }

    private static void methods(List<RawRequest> all) {
        for (String method : List.of("PATCH", "TRACE", "CONNECT", "PROPFIND", "get", "FOO", "POST")) {
            all.add(raw("method " + method, method, JOB, ""));
        }
        for (String method : List.of("DELETE", "PUT", "PATCH")) {
            all.add(raw("method " + method + " of the list", method, JOBS, ""));
        }
        all.add(raw("override", "POST", JOB, "X-HTTP-Method-Override: DELETE\r\n", ""));
        all.add(raw(
                "override in a form",
                "POST",
                JOB,
                "Content-Type: application/x-www-form-urlencoded\r\n",
                "_method=DELETE"));
        all.add(raw("override in the query", "POST", JOB + "?_method=DELETE", ""));
    }

    private static void headers(List<RawRequest> all) {
        String body = SchedulerFixture.job("kept").toString();
        for (String match : List.of(
                "\"999\"", "x", "\"\"", "\"1\", \"2\"", "W/\"1\"", "-1", "\"1\"2", "99999999999999999999", "\"*\"")) {
            all.add(raw("If-Match " + match, "PUT", JOB, "If-Match: " + match + "\r\n", body));
        }
        all.add(raw("header too long", "GET", JOB, "X-Long: " + "x".repeat(70_000) + "\r\n", ""));
        all.add(raw("header without a name", "GET", JOB, ": x\r\n", ""));
        all.add(raw("forged internal secret", "GET", JOB, "nsfl-internal: " + "00".repeat(32) + "\r\n", ""));
        all.add(raw("heartbeat without the secret", "PUT", "/api/v1/heartbeat", "{\"id\":\"kept\"}"));
        all.add(raw(
                "bad Last-Event-ID", "GET", JOB + "/events", "Accept: text/event-stream\r\nLast-Event-ID: x\r\n", ""));
        all.add(raw("events as XML", "GET", JOB + "/events", "Accept: application/xml\r\n", ""));
        all.add(RawRequest.literally("no host", "GET " + JOB + " HTTP/1.1\r\nConnection: close\r\n\r\n"));
        all.add(RawRequest.literally(
                "two hosts", "GET " + JOB + " HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n"));
        all.add(RawRequest.literally("HTTP of the future", "GET " + JOB + " HTTP/7.0\r\nHost: x\r\n\r\n"));
        all.add(RawRequest.literally("no HTTP", "\u0016\u0003\u0001 hello\r\n\r\n"));
    }

    private static RawRequest raw(String what, String method, String path, String body) {
        return RawRequest.of(what, method, path, body);
    }

    private static RawRequest raw(String what, String method, String path, String headers, String body) {
        return RawRequest.of(what, method, path, headers, body);
    }
}
