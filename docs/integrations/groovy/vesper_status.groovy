/*
 * Tells Vesper's status board how a rule is doing: a template for Groovy business rules of Oracle EPM (Planning, Financial
 * Consolidation and Close, Tax Reporting, FreeForm, Enterprise Profitability).
 *
 * It needs a connection named "Vesper", of the kind "Other Web Service Provider", that holds the address of Vesper ending in
 * /api/v1 and, as a secure header, x-api-key. Nothing secret stands in the rule. See the README beside this folder.
 *
 * It never fails the job: whatever goes wrong between EPM and Vesper is printed to the job's log, and nothing else.
 *
 * Copy all of it, and put your own work into the last part.
 */

/** A JSON string, in plain ASCII whatever is in the text. */
String vesperJson(String text) {
    StringBuilder json = new StringBuilder('"')
    for (int i = 0; i < text.length(); i++) {
        int code = (int) text.charAt(i)
        boolean plain = code >= 32 && code < 127 && code != 34 && code != 92
        if (plain) {
            json.append((char) code)
        } else {
            json.append('\\').append('u').append(Integer.toHexString(code).padLeft(4, '0'))
        }
    }
    return json.append('"').toString()
}

/** As long as Vesper takes it: a status must not be refused because its text is too long. */
String vesperCut(String text, int longest) {
    if (text.length() <= longest) {
        return text
    }
    // Not between the two halves of one character.
    int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest
    return text.substring(0, end)
}

/** The body of POST /status. What is null is left out; the time is Vesper's, so that the clock of the pod need not be right. */
String vesperBody(String app, String domain, String status, String jobId, String message) {
    List<String> fields = ['"app":' + vesperJson(app), '"status":' + vesperJson(status)]
    if (domain != null) {
        fields.add('"domain":' + vesperJson(domain))
    }
    if (jobId != null) {
        fields.add('"job_id":' + vesperJson(jobId))
    }
    if (message != null) {
        fields.add('"message":' + vesperJson(vesperCut(message, 200)))
    }
    return '{' + fields.join(',') + '}'
}

/** One call. Answers null when Vesper took it, else what went wrong; what may pass begins with "again: ". */
String vesperTry(Connection vesper, String body) {
    try {
        HttpResponse<String> response = vesper.post('/status')
            .header('Content-Type', 'application/json')
            .body(body)
            .asString()
        int status = response.status
        String answer = String.valueOf(response.body)
        // A sign-in page on the way is answered with 200 too.
        if (status == 200 && answer.startsWith('{"success":true')) {
            return null
        }
        String fault = 'HTTP ' + status + ' ' + vesperCut(answer, 500)
        return status == 408 || status == 429 || status >= 500 ? 'again: ' + fault : fault
    } catch (Exception problem) {
        return 'again: ' + problem
    }
}

/**
 * Sets one cell of the board: status is Blank, Loading, OK or Warning; domain, jobId and message may be null. Three more tries,
 * five seconds apart, none begun later than half a minute after the first. Answers whether Vesper took it. Never throws.
 */
boolean vesperPush(String app, String domain, String status, String jobId, String message) {
    final int RETRIES = 3
    final long PAUSE_MS = 5000
    final long LONGEST_MS = 30000
    try {
        Connection vesper = operation.application.getConnection('Vesper')
        String body = vesperBody(app, domain, status, jobId, message)
        long began = new Date().time
        String fault = vesperTry(vesper, body)
        for (int retry = 1; retry <= RETRIES && fault != null && fault.startsWith('again: '); retry++) {
            if (new Date().time - began + PAUSE_MS > LONGEST_MS) {
                break
            }
            sleep(PAUSE_MS)
            fault = vesperTry(vesper, body)
        }
        if (fault != null) {
            println('vesper: ' + status + ' of ' + app + ' was not told: ' + (fault - 'again: '))
        }
        return fault == null
    } catch (Exception problem) {
        println('vesper: ' + status + ' of ' + app + ' was not told: ' + problem)
        return false
    }
}

/**
 * Runs the work: Loading before it, OK after it, Warning with the reason when it throws; what it throws is thrown on. A text that
 * the work answers is shown beside OK.
 */
void vesperRun(String app, String domain, Closure<String> work) {
    String jobId = 'RULE-' + new Date().time
    vesperPush(app, domain, 'Loading', jobId, null)
    String message
    try {
        message = work.call()
    } catch (Throwable failure) {
        vesperPush(app, domain, 'Warning', jobId, failure.message != null ? failure.message : failure.toString())
        throw failure
    }
    vesperPush(app, domain, 'OK', jobId, message)
}

// ---- Your rule: the names as Vesper's apps.json has them, and your work between the braces ----

vesperRun('Planning', 'Actual') {
    println('The work of this rule goes here.')
    return 'Actuals are up to date'
}
