package io.nsfl.protocol.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.fault.Violation;
import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.ids.Runtime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class JobConfigReaderTest {
    private static final String DOCUMENTED = """
            {"id":"tf-mnist-fl","runtime":"tensorflow","output":"/output","model_path":"fl-tf-mnist-fl/model/init_model.h5",
             "scripts":{"path":"fl-tf-mnist-fl/scripts","config_file":"tf_mnist.json"},"datasets":"tf_mnist, other","port":50051,
             "hyper_parameters":{"max_round_num":20,"client_num":2,"threshold_client_num":2,"evaluate_interval":5,"save_interval":5,
               "round_timeout":600},
             "resource":{"worker_num":1,"cpu":1.0,"gpu":0,"memory":1000},
             "optimizer":{"name":"fedprox","params":{"mu":0.1}},"parameters":{"--epochs":"1","-v":null},
             "clients":"10.0.0.1:22000,c-0123"}
            """;

    @Test
    void readsTheDocumentedJob() {
        JobConfig config =
                JobConfigReader.forCreate("default", job(DOCUMENTED)).orThrow(Fault.REQUEST_INVALID, "The job");

        assertThat(config)
                .isEqualTo(new JobConfig(
                        new JobKey("default", "tf-mnist-fl"),
                        "",
                        Runtime.TENSORFLOW,
                        "/output",
                        Optional.of("fl-tf-mnist-fl/model/init_model.h5"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new Scripts("fl-tf-mnist-fl/scripts", "tf_mnist.json")),
                        List.of("10.0.0.1:22000", "c-0123"),
                        50051,
                        List.of("tf_mnist", "other"),
                        job("{\"--epochs\":\"1\",\"-v\":null}"),
                        new HyperParameters(20, 2, 2, 5, 5, 600, 1.0, -1, OptionalLong.empty()),
                        new ResourceRequest(1, 1.0, 0, 1000),
                        Optional.of(new OptimizerConfig("fedprox", job("{\"mu\":0.1}"))),
                        JobMethod.plain(),
                        false,
                        false,
                        1.0));
    }

    @Test
    void fillsDocumentedDefaultsIn() {
        JobConfig config = accepted("");

        assertThat(config.hyperParameters()).isEqualTo(HyperParameters.defaults());
        assertThat(config.resource()).isEqualTo(ResourceRequest.defaults());
        assertThat(config.port()).isEqualTo(50051);
        assertThat(config.parameters()).isEmpty();
        assertThat(config.redundancy()).isEqualTo(1.0);
    }

    @Test
    void acceptsTheDocumentedLeniencies() {
        JobConfig config = accepted("""
                "port": "1024", "random_client": "True", "untrained_first": "false", "redundancy": 2, "description": null,
                "resource": {"cpu": 1, "gpu": 2.0, "memory": "2000"},
                "hyper_parameters": {"learning_rate": 1, "client_num": 3.0, "collect_window": 0, "seed": 0}""");

        assertThat(config.port()).isEqualTo(1024);
        assertThat(config.randomClient()).isTrue();
        assertThat(config.untrainedFirst()).isFalse();
        assertThat(config.redundancy()).isEqualTo(2.0);
        assertThat(config.resource()).isEqualTo(new ResourceRequest(1, 1.0, 2, 2000));
        assertThat(config.hyperParameters().clientNum()).isEqualTo(3);
        assertThat(config.hyperParameters().collectWindowSeconds()).isZero();
        assertThat(config.hyperParameters().seed()).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource({"TENSORFLOW,TENSORFLOW", "keras,TENSORFLOW", "PyTorch,PYTORCH", "dl4j,DL4J"})
    void acceptsARuntimeInAnyCase(String given, Runtime runtime) {
        ObjectNode job = job("{\"id\":\"a\",\"runtime\":\"" + given
                + "\",\"output\":\"o\",\"task_entry\":\"t\",\"model_id\":\"default-m-V0\"}");

        assertThat(JobConfigReader.forCreate("default", job)
                        .value()
                        .orElseThrow()
                        .runtime())
                .isEqualTo(runtime);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"publish\":{\"name\":\"../x\",\"version\":\"a b\"}}|$.publish.name|$.publish.version",
                "{\"publish\":{}}|$.publish.name|must be given",
                "{\"publish\":\"yes\"}|$.publish|must be an object",
                "{\"note\":\"a\\u0000b\"}|$.note|NUL",
                "{\"deep\":[{\"x\":\"\\ud800\"}]}|$.deep[0].x|surrogate",
                "{\"deep\":{\"a\\u0000\":1}}|$.deep|name",
                "{\"large\":1e99999}|$.large|ordinary size",
            })
    void refusesWhatCannotBePublishedOrStored(String json, String path, String more) {
        List<Violation> violations =
                JobConfigReader.forCreate("default", job(json)).violations();

        assertThat(violations).extracting(Violation::path).contains(path);
        assertThat(violations.toString()).contains(more);
    }

    @Test
    void readsWhatIsToBePublished() {
        assertThat(PublishRequest.of(job("{\"publish\":{\"name\":\"mnist\",\"version\":\"V7\"}}")))
                .contains(new PublishRequest("mnist", Optional.of("V7"), ""));
        assertThat(PublishRequest.of(job("{}"))).isEmpty();
    }

    @Property
    void readsAWholeNumberTheSameInEverySpelling(@ForAll @IntRange(min = 1024, max = 65535) int port) {
        assertThat(List.of(
                        accepted("\"port\":" + port),
                        accepted("\"port\":\"" + port + "\""),
                        accepted("\"port\":" + port + ".0")))
                .extracting(JobConfig::port)
                .containsOnly(port);
    }

    @Test
    void namesEveryViolationAtOnce() {
        Reading<JobConfig> reading = JobConfigReader.forCreate("default", job("""
                {"id":"Abc","port":80,"resource":{"cpu":-1},"clients":5,
                 "hyper_parameters":{"client_num":2,"threshold_client_num":3,"save_interval":0,"round_timeout":"soon"}}"""));

        assertThat(reading.violations())
                .extracting(Violation::path)
                .containsExactlyInAnyOrder(
                        "$.id",
                        "$.runtime",
                        "$.output",
                        "$.model_path",
                        "$.scripts",
                        "$.port",
                        "$.clients",
                        "$.resource.cpu",
                        "$.hyper_parameters.threshold_client_num",
                        "$.hyper_parameters.save_interval",
                        "$.hyper_parameters.round_timeout");
        assertThat(reading.violations())
                .filteredOn(violation -> violation.path().equals("$.runtime"))
                .extracting(Violation::given)
                .containsExactly("nothing");
        assertThatThrownBy(() -> reading.orThrow(Fault.REQUEST_INVALID, "The job"))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refusal -> assertThat(refusal.violations()).isEqualTo(reading.violations()))
                .hasMessageContaining("$.port");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"port\": 80",
                "\"port\": 65536",
                "\"port\": 50051.5",
                "\"port\": 1e999",
                "\"port\": true",
                "\"random_client\": 1",
                "\"redundancy\": -1",
                "\"hyper_parameters\": []",
                "\"hyper_parameters\": {\"max_round_num\": 0}",
                "\"hyper_parameters\": {\"evaluate_interval\": 0}",
                "\"hyper_parameters\": {\"learning_rate\": 0}",
                "\"hyper_parameters\": {\"collect_window\": -1}",
                "\"hyper_parameters\": {\"client_num\": 1e400}",
                "\"hyper_parameters\": {\"threshold_client_num\": 2}",
                "\"parameters\": {\"--layers\": [1]}",
                "\"optimizer\": {\"name\": \"fedavgm\"}",
                "\"task_entry\": \"also\"",
                "\"ssl\": \"../keys\"",
                "\"checkpoint_id\": \"checkpoint_v1\"",
                "\"resource\": {\"memory\": -5}"
            })
    void refuses(String field) {
        Reading<JobConfig> reading = JobConfigReader.forCreate("default", job("{" + BASE + "," + field + "}"));

        assertThat(reading.violations()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../other", "a/../../b", "a\\b", "a\u0000b"})
    void refusesPathsThatLeaveTheNamespace(String path) {
        ObjectNode job = job("{" + BASE + "}");
        job.put("output", path);
        job.put("model_path", path + "/m.h5");

        assertThat(JobConfigReader.forCreate("default", job).violations())
                .extracting(Violation::path)
                .containsExactlyInAnyOrder("$.output", "$.model_path");
    }

    @ParameterizedTest
    @CsvSource({"m.pth,tensorflow", "m.h5,pytorch", "m,dl4j"})
    void refusesAModelFileOfAnotherRuntime(String model, String runtime) {
        ObjectNode job = job("{" + BASE + "}");
        job.put("model_path", model).put("runtime", runtime);

        assertThat(JobConfigReader.forCreate("default", job).violations())
                .extracting(Violation::path)
                .containsExactly("$.model_path");
    }

    @Test
    void refusesANameThatKubernetesWouldRefuse() {
        ObjectNode tooLong = job("{" + BASE + "}");
        tooLong.put("id", "a".repeat(56));
        ObjectNode digit = job("{" + BASE + "}");

        assertThat(JobConfigReader.forCreate("default", tooLong).violations())
                .singleElement()
                .satisfies(violation -> assertThat(violation.message()).contains("63"));
        assertThat(JobConfigReader.forCreate("1ns", digit).violations()).hasSize(1);
        tooLong.put("id", "a".repeat(55));
        assertThat(JobConfigReader.forCreate("default", tooLong).violations()).isEmpty();
    }

    @Test
    void refusesWhatThisBuildDoesNotOffer() {
        Reading<JobConfig> reading = JobConfigReader.forCreate("default", job("{" + BASE + """
                ,"block_default":true}"""));

        assertThat(reading.violations()).extracting(Violation::path).contains("$.block_default");
        assertThat(JobConfigReader.forCreate("default", job("{" + BASE + ",\"extenders\":{},\"block_default\":false}"))
                        .violations())
                .isEmpty();
    }

    @Test
    void takesSecureAggregation() {
        Reading<JobConfig> reading = JobConfigReader.forCreate("default", job("{" + BASE + """
                ,"hyper_parameters":{"client_num":4,"threshold_client_num":3},
                "secure_algorithm":{"type":"ssa","mode":"doublemask","threshold":3}}"""));

        assertThat(reading.violations()).isEmpty();
        assertThat(reading.value().orElseThrow().method().secureAggregation())
                .contains(new SecureAggregation(SecureAggregation.Mode.DOUBLEMASK, 3));
    }

    @Test
    void refusesSecureAggregationWithMoreClientsThanGroupsTake() {
        assertThat(masked(100_000).violations()).isEmpty();

        assertThat(masked(100_001).violations())
                .singleElement()
                .satisfies(fault -> assertThat(fault.toString())
                        .contains("$.secure_algorithm.type", "at most 100000", "ten groups of 10000"));
    }

    private static Reading<JobConfig> masked(int clients) {
        return JobConfigReader.forCreate("default", job("{" + BASE + """
                ,"hyper_parameters":{"client_num":%d,"threshold_client_num":90000},
                "secure_algorithm":{"type":"SSA","threshold":90000}}""".formatted(clients)));
    }

    @Test
    void readsAnExtenderUnderBothNames() {
        for (String name : new String[] {"extender", "extenders"}) {
            JobConfig config = JobConfigReader.forCreate("default", job("{" + BASE + ",\"" + name + "\":" + """
                            {"script_path":"e","entry":"happy.py","finish":"end"}}"""))
                    .value()
                    .orElseThrow();

            assertThat(config.method().extender())
                    .contains(new ExtenderConfig(
                            "e", "happy.py", Optional.empty(), Optional.empty(), Optional.of("end")));
        }
    }

    @Test
    void refusesAnExtenderThatLeavesItsNamespaceOrCannotBeCalled() {
        Reading<JobConfig> reading = JobConfigReader.forCreate("default", job("{" + BASE + """
                ,"extender":{"script_path":"../other","entry":"/etc/x.py","broadcast":"a-b"}}"""));

        assertThat(reading.violations())
                .extracting(Violation::path)
                .contains("$.extender.script_path", "$.extender.broadcast");
    }

    @Test
    void wantsAnExtenderThatAggregatesWhereTheAggregationIsItsOwn() {
        String own = ",\"aggregation\":{\"name\":\"extender\"}";
        String broadcast = ",\"extender\":{\"script_path\":\"e\",\"entry\":\"x.py\",\"broadcast\":\"give\"}";

        assertThat(JobConfigReader.forCreate("default", job("{" + BASE + own + broadcast + "}"))
                        .violations())
                .extracting(Violation::path)
                .containsExactly("$.aggregation");
    }

    @Test
    void checksTheRulesOfSecureAggregation() {
        Reading<JobConfig> reading = JobConfigReader.forCreate("default", job("{" + BASE + """
                ,"hyper_parameters":{"client_num":4,"threshold_client_num":3},
                "secure_algorithm":{"type":"ssa","mode":"onemask","threshold":1,"use_same_mask":"True"}}"""));

        assertThat(reading.violations())
                .extracting(Violation::path)
                .contains("$.secure_algorithm.threshold", "$.secure_algorithm.mode");
        assertThat(reading.warnings()).extracting(Violation::path).containsExactly("$.secure_algorithm.use_same_mask");
    }

    @Test
    void warnsOfMisspeltKeysAndLeavesOwnKeysAlone() {
        Reading<JobConfig> reading = JobConfigReader.forCreate("default", job("{" + BASE + """
                ,"hyper_paramters":{}, "my_own_note":"x", "hyper_parameters":{"client-num":1}}"""));

        assertThat(reading.value()).isPresent();
        assertThat(reading.warnings())
                .extracting(Violation::path)
                .containsExactlyInAnyOrder("$.hyper_paramters", "$.hyper_parameters['client-num']");
        assertThat(reading.warnings().getFirst().message()).contains("hyper_parameters");
    }

    @Test
    void takesTheDocumentedPrecedenceOfModels() {
        ObjectNode job = job("{" + BASE + ",\"model_id\":\"default-m-V0\"}");
        JobConfig byId = JobConfigReader.forCreate("default", job).value().orElseThrow();
        job.put("checkpoint_id", "checkpoint_v1");
        JobConfig byCheckpoint =
                JobConfigReader.forUpdate("default", job).value().orElseThrow();

        assertThat(byId.modelId()).contains("default-m-V0");
        assertThat(byId.modelPath()).isEmpty();
        assertThat(byCheckpoint.checkpointId()).contains("checkpoint_v1");
        assertThat(byCheckpoint.modelId()).isEmpty();
    }

    @Test
    void takesAnEmptyCheckpointForNone() {
        assertThat(accepted("\"checkpoint_id\":\"\"").checkpointId()).isEmpty();
    }

    @Test
    void readsTheQuickStartsCoordinatorConfiguration() {
        JobConfig config =
                JobConfigReader.forCoordinator(job("""
                        {"job_name":"tf-mnist","description":"x","host":"0.0.0.0","port":8090,"clients":"127.0.0.1:9091,127.0.0.1:9092",
                         "model_path":"/tmp/nsfl/coordinator/tf_mnist.h5","runtime":"tensorflow","task_entry":"tf_mnist",
                         "output":"/tmp/nsfl/coordinator/tf_mnist",
                         "hyper_parameters":{"max_round_num":20,"client_num":2,"threshold_client_num":2,"evaluate_interval":0,
                           "save_interval":0}}""")).orThrow(Fault.CONFIGURATION_INVALID, "The configuration");

        assertThat(config.key()).isEqualTo(new JobKey("default", "tf-mnist"));
        assertThat(config.taskEntry()).contains("tf_mnist");
        assertThat(config.hyperParameters().evaluateInterval()).isZero();
        assertThat(config.modelPath()).contains("/tmp/nsfl/coordinator/tf_mnist.h5");
    }

    @Test
    void readsAConfigurationAsTheSchedulerWritesIt() {
        ObjectNode config = job("{" + BASE + """
                ,"namespace":"team","job-id":"team-a","job_name":"a","checkpoint_id":"checkpoint_v1","checkpoints":{},
                "status":{"state":"STARTING"},"run":"r-1","epoch":2}""");

        assertThat(JobConfigReader.forCoordinator(config).value().orElseThrow().key())
                .isEqualTo(new JobKey("team", "a"));
        assertThat(JobConfigReader.forCoordinator(config).warnings()).isEmpty();
    }

    private static final String BASE =
            "\"id\":\"a\",\"runtime\":\"tensorflow\",\"output\":\"out\",\"model_path\":\"m/init.h5\","
                    + "\"scripts\":{\"path\":\"s\",\"config_file\":\"c.json\"}";

    private static JobConfig accepted(String more) {
        String json = more.isEmpty() ? "{" + BASE + "}" : "{" + BASE + "," + more + "}";
        return JobConfigReader.forCreate("default", job(json)).orThrow(Fault.REQUEST_INVALID, "The job");
    }

    private static ObjectNode job(String json) {
        return LenientJson.readObject(json.getBytes(UTF_8), "The job");
    }

    @Test
    void takesBothOptimizersAndChecksWhatScaffoldIsGiven() {
        assertThat(optimizer("{\"name\":\"fedprox\",\"params\":{\"mu\":0}}")).isEmpty();
        assertThat(optimizer("{\"name\":\"Scaffold\",\"params\":{\"population\":100,\"option\":1}}"))
                .isEmpty();
        assertThat(optimizer("{\"name\":\"scaffold\",\"params\":{\"population\":1,\"option\":3}}"))
                .containsExactlyInAnyOrder("$.optimizer.params.population", "$.optimizer.params.option");
        assertThat(optimizer("{\"name\":\"scaffold\",\"params\":{\"population\":2.5}}"))
                .containsExactly("$.optimizer.params.population");
        for (String name : List.of("fedprox", "scaffold")) {
            assertThat(optimizer("{\"name\":\"" + name + "\",\"params\":{\"momentum\":0.9}}"))
                    .isEmpty();
            assertThat(optimizer("{\"name\":\"" + name + "\",\"params\":{\"momentum\":1}}"))
                    .containsExactly("$.optimizer.params.momentum");
        }
        assertThat(optimizer("{\"params\":{\"momentum\":1}}")).isEmpty();
    }

    private static List<String> optimizer(String json) {
        return JobConfigReader.forCreate(
                        "default",
                        job("{" + BASE + ",\"hyper_parameters\":{\"client_num\":2},\"optimizer\":" + json + "}"))
                .violations()
                .stream()
                .map(Violation::path)
                .toList();
    }
}
