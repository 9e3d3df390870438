/*
 * Runs a Groovy business rule outside of EPM: groovy epm_stub.groovy <rule> [<fault> ...]
 *
 * As strict as EPM is known to be, and stricter: the rule is type-checked statically, only what stands here exists, and a
 * connection that nobody made is an error. The connection "Vesper" goes to VESPER_URL; each fault spoils one call to it, in
 * their order: "throw" before it is sent, "slow" the same after 20 seconds, "lost" after it was taken; a number answers with
 * that status. "no-connection" takes the connection away. What was posted and waited for is printed at the end, as JSON.
 */
import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import groovy.transform.CompileStatic
import org.codehaus.groovy.control.CompilerConfiguration
import org.codehaus.groovy.control.customizers.ASTTransformationCustomizer

/** Passes when somebody waits. */
class StubClock {
    static long nowMs = System.currentTimeMillis()
}

class HttpResponse<T> {
    int status
    T body
}

/** Immutable towards the rule: as Oracle's, it is made by a connection and completed in one chain. */
@CompileStatic
class HttpRequest {
    private final Connection connection
    private final String path
    private final Map<String, String> headers = [:]
    private String content

    HttpRequest(Connection connection, String path) {
        this.connection = connection
        this.path = path
    }

    HttpRequest header(String name, String value) {
        headers.put(name, value)
        return this
    }

    HttpRequest body(String body) {
        content = body
        return this
    }

    HttpResponse<String> asString() {
        return connection.exchange(path, headers, content)
    }
}

@CompileStatic
interface Connection {
    HttpRequest post(String path)

    HttpResponse<String> exchange(String path, Map<String, String> headers, String body)
}

/** To a started Vesper, with the header that the real connection keeps. */
@CompileStatic
class VesperConnection implements Connection {
    final List<String> faults
    final List<String> posted = []

    VesperConnection(List<String> faults) {
        this.faults = faults
    }

    HttpRequest post(String path) {
        return new HttpRequest(this, path)
    }

    HttpResponse<String> exchange(String path, Map<String, String> headers, String body) {
        posted.add(body)
        String fault = faults.isEmpty() ? 'none' : faults.remove(0)
        if (fault == 'slow') {
            StubClock.nowMs += 20000
        }
        if (fault == 'throw' || fault == 'slow') {
            throw new IOException('connection refused')
        }
        if (fault.isInteger()) {
            return new HttpResponse<String>(status: fault.toInteger(), body: 'somebody else answered')
        }
        HttpResponse<String> response = send(path, headers, body)
        if (fault == 'lost') {
            throw new SocketTimeoutException('Read timed out')
        }
        return response
    }

    private static HttpResponse<String> send(String path, Map<String, String> headers, String body) {
        URL url = new URL(System.getenv('VESPER_URL') + '/api/v1' + path)
        HttpURLConnection http = (HttpURLConnection) url.openConnection()
        http.requestMethod = 'POST'
        http.doOutput = true
        http.setRequestProperty('x-api-key', System.getenv('VESPER_API_KEY'))
        headers.each { String name, String value -> http.setRequestProperty(name, value) }
        // No encoding but ASCII is known of Oracle's.
        http.outputStream.withStream { OutputStream out -> out.write(body.getBytes('US-ASCII')) }
        InputStream answer = http.responseCode < 400 ? http.inputStream : http.errorStream
        return new HttpResponse<String>(status: http.responseCode, body: answer.getText('UTF-8'))
    }
}

/** The application's own REST API, as it answers to POST /jobs. */
@CompileStatic
class LoopbackConnection implements Connection {
    HttpRequest post(String path) {
        return new HttpRequest(this, path)
    }

    HttpResponse<String> exchange(String path, Map<String, String> headers, String body) {
        Map<String, Object> job = (Map<String, Object>) new JsonSlurper().parseText(body)
        boolean isJson = headers['Content-Type'] == 'application/json'
        if (path != '/rest/v3/applications/Vision/jobs' || !isJson || job['jobType'] != 'RULES') {
            return new HttpResponse<String>(status: 404, body: 'no such resource')
        }
        Map<String, Object> started = [status: -1, details: null, jobId: 224, jobName: job['jobName']]
        return new HttpResponse<String>(status: 200, body: JsonOutput.toJson(started))
    }
}

@CompileStatic
class Application {
    private final Map<String, Connection> connections

    Application(Map<String, Connection> connections) {
        this.connections = connections
    }

    Connection getConnection(String name) {
        Connection connection = connections[name]
        if (connection == null) {
            throw new RuntimeException('The connection ' + name + ' does not exist')
        }
        return connection
    }
}

@CompileStatic
class Operation {
    final Application application

    Operation(Application application) {
        this.application = application
    }
}

@CompileStatic
class ReadContext {
    private final Map<String, Object> document

    ReadContext(Map<String, Object> document) {
        this.document = document
    }

    Object read(String path) {
        return document[path.substring(2)]
    }
}

@CompileStatic
class JsonPath {
    static ReadContext parse(String text) {
        return new ReadContext((Map<String, Object>) new JsonSlurper().parseText(text))
    }
}

@CompileStatic
abstract class EpmRule extends Script {
    Operation operation
    /** Run-time prompts. */
    Map<String, Object> rtps
    final List<Long> pauses = []

    void sleep(long milliseconds) {
        pauses.add(milliseconds)
        StubClock.nowMs += milliseconds
    }

    long clockMs() {
        return StubClock.nowMs
    }

    String json(Object value) {
        return JsonOutput.toJson(value)
    }

    void throwVetoException(String message) {
        throw new RuntimeException(message)
    }
}

CompilerConfiguration configuration = new CompilerConfiguration()
configuration.scriptBaseClass = EpmRule.name
configuration.addCompilationCustomizers(new ASTTransformationCustomizer(CompileStatic))

List<String> faults = args.drop(1).toList()
VesperConnection vesper = new VesperConnection(faults)
Map<String, Connection> connections = ['This application': new LoopbackConnection()]
if (!faults.remove('no-connection')) {
    connections.put('Vesper', vesper)
}
EpmRule rule = (EpmRule) new GroovyShell(getClass().classLoader, new Binding(), configuration).parse(new File(args[0]))
rule.setOperation(new Operation(new Application(connections)))
rule.setRtps([VesperStatus: 'Loading', VesperDomain: 'Budget'])
String thrown = null
try {
    rule.run()
} catch (Throwable failure) {
    thrown = failure.message
}
println JsonOutput.toJson([posted: vesper.posted, pauses: rule.getPauses(), thrown: thrown])
