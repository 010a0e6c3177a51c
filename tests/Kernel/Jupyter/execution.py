"""Requests of the shell channel, one after another, on one kernel."""
import os

from harness import (PATIENCE, execute, kinds, main, outputs_of, reply_to, resident_bytes, scenario, send, text_of)


@scenario
def kernel_info(kernel):
    client = kernel.client
    message_id = client.kernel_info()
    messages = outputs_of(client, message_id)
    return {'reply': reply_to(client, message_id)['content'], 'kinds': kinds(messages)}


@scenario
def outputs_come_in_order(kernel):
    reply, messages = execute(kernel.client, 'Console.Write("a"); Console.Error.Write("b"); display("c"); Console.Write("d"); 40+2')
    return {
        'reply': reply,
        'kinds': kinds(messages),
        'texts': [m['content'].get('text') for m in messages if m['msg_type'] == 'stream'],
        'result': messages[-1]['content']['data']['text/plain'],
        'count': messages[-1]['content']['execution_count'],
        'display_id': bool([m for m in messages if m['msg_type'] == 'display_data'][0]['content']['transient']['display_id']),
        'parents': len({m['parent_header']['msg_id'] for m in messages}),
    }


@scenario
def counting(kernel):
    client = kernel.client
    first = execute(client, '1')[0]['execution_count']
    silent, silent_messages = execute(client, 'Console.Write("unheard"); display(1); 2', silent=True)
    aside, aside_messages = execute(client, '3', store_history=False)
    broken_silently, broken_messages = execute(client, 'throw new Exception("quiet");', silent=True, stop_on_error=False)
    last = execute(client, '4')[0]['execution_count']
    return {
        'last_minus_first': last - first,
        'silent': [silent['status'], silent['execution_count'] - first, kinds(silent_messages)],
        'aside': [aside['status'], aside['execution_count'] - first, kinds(aside_messages)],
        'broken_silently': [broken_silently['status'], kinds(broken_messages)],
    }


@scenario
def an_error(kernel):
    reply, messages = execute(kernel.client, 'int zero = 0;\nvar kept = 5;\n_ = 1 / zero;')
    kept = execute(kernel.client, 'kept')[1][-1]['content']['data']['text/plain']
    compile_reply, _ = execute(kernel.client, 'int x = "text";')
    return {'reply': reply, 'kinds': kinds(messages), 'error': messages[-1]['content'], 'kept': kept, 'compile': compile_reply}


@scenario
def queued_cells_after_an_error(kernel):
    client = kernel.client
    ids = [client.execute('await Task.Delay(300); throw new Exception("first");', stop_on_error=True)]
    ids += [client.execute(f'"ran {index}"') for index in range(3)]
    info = client.kernel_info()
    replies = [reply_to(client, message_id)['content'] for message_id in ids]
    info_reply = reply_to(client, info)['content']
    messages = [kinds(outputs_of(client, message_id)) for message_id in ids]
    after = execute(client, '"after"')[0]
    ids = [client.execute('throw new Exception("goes on");', stop_on_error=False), client.execute('"ran"')]
    going_on = [reply_to(client, message_id)['content']['status'] for message_id in ids]
    outputs_of(client, ids[-1])
    return {
        'statuses': [reply['status'] for reply in replies],
        'first': replies[0]['evalue'],
        'aborted_kinds': messages[1],
        'info': info_reply['status'],
        'after': after['status'],
        'without_stop_on_error': going_on,
    }


@scenario
def user_expressions(kernel):
    reply, _ = execute(kernel.client, 'var side = 4;', user_expressions={'area': 'side * side', 'wrong': 'nothing.here', 'none': 'var y = 1;'})
    values = reply['user_expressions']
    return {'area': values['area']['data']['text/plain'], 'area_status': values['area']['status'], 'wrong': values['wrong'], 'none': values['none']['status']}


@scenario
def displays_update_in_place(kernel):
    _, messages = execute(kernel.client, 'var shown = display("before"); shown.Update("after");')
    ids = [m['content']['transient']['display_id'] for m in messages if 'transient' in m['content']]
    return {'kinds': kinds(messages), 'same': len(ids) == 2 and ids[0] == ids[1], 'data': [m['content']['data']['text/plain'] for m in messages if 'data' in m['content']]}


@scenario
def code_questions(kernel):
    client = kernel.client
    def ask(message_type, content):
        return reply_to(client, send(client, message_type, content))['content']
    code = '/* 😀 */ Console.Writ'
    return {
        'whole': ask('is_complete_request', {'code': '1 + 1'}),
        'begun': ask('is_complete_request', {'code': 'if (true)\n  {'}),
        'completion': ask('complete_request', {'code': code, 'cursor_pos': len(code)}),
        'expected_start': code.index('Writ'),
        'inspection': ask('inspect_request', {'code': 'Console.WriteLine', 'cursor_pos': 12, 'detail_level': 0}),
        'asked': execute(client, 'Console.WriteLine?')[0],
        'nothing': ask('inspect_request', {'code': '   ', 'cursor_pos': 1, 'detail_level': 0}),
    }


@scenario
def history(kernel):
    client = kernel.client
    for code in ['"h1"', '"h2"', '"h1"']:
        execute(client, code)
    def ask(**content):
        return reply_to(client, client.history(**content))['content']
    tail = ask(hist_access_type='tail', n=3)
    with_output = ask(hist_access_type='tail', n=1, output=True)
    start = tail['history'][0][1]
    return {
        'tail': [entry[2] for entry in tail['history']],
        'output': with_output['history'][0][2],
        'range': [entry[2] for entry in ask(hist_access_type='range', session=0, start=start, stop=start + 2)['history']],
        'search': len(ask(hist_access_type='search', pattern='"h?"')['history']),
        'unique': len(ask(hist_access_type='search', pattern='"h?"', unique=True)['history']),
        'wrong': reply_to(client, send(client, 'history_request', {'hist_access_type': 'nonsense'}))['content']['status'],
    }


@scenario
def comms(kernel):
    client = kernel.client
    info = reply_to(client, client.comm_info())['content']
    opened = outputs_of(client, send(client, 'comm_open', {'comm_id': 'abc', 'target_name': 'nowhere', 'data': {}}))
    sent = outputs_of(client, send(client, 'comm_msg', {'comm_id': 'abc', 'data': {}}))
    closed = outputs_of(client, send(client, 'comm_close', {'comm_id': 'abc', 'data': {}}))
    return {'info': info, 'opened': kinds(opened), 'closes': opened[1]['content']['comm_id'], 'sent': kinds(sent), 'closed': kinds(closed)}


@scenario
def unknown_and_malformed_requests(kernel):
    client = kernel.client
    unknown = outputs_of(client, send(client, 'make_coffee_request', {'cups': 2}))
    kernel.wait_for_error_line('unknown type make_coffee_request')
    malformed = send(client, 'execute_request', {'code': 7})
    states = [m['content'].get('execution_state') for m in outputs_of(client, malformed)]
    reply = reply_to(client, malformed)['content']
    return {'unknown': [m['content']['execution_state'] for m in unknown], 'malformed': reply, 'states': states, 'alive': execute(client, '1')[0]['status']}


@scenario
def forged_and_replayed_messages(kernel):
    client = kernel.client
    socket = client.shell_channel.socket
    marker = 'System.IO.File.WriteAllText("forged.txt", "x");'
    content = {'code': marker, 'silent': False, 'store_history': True, 'user_expressions': {}, 'allow_stdin': False, 'stop_on_error': True}
    forged = client.session.serialize(client.session.msg('execute_request', content))
    forged[1] = b'0' * 64
    socket.send_multipart(forged)
    kernel.wait_for_error_line('wrong signature')
    content['code'] = 'var replays = 1;'
    honest = client.session.serialize(client.session.msg('execute_request', content))
    socket.send_multipart(honest)
    socket.send_multipart(honest)
    kernel.wait_for_error_line('came before')
    socket.send_multipart([b'<IDS|MSG>', b'', b'junk'])
    kernel.wait_for_error_line('without delimiter')
    replies = 0
    while client.get_shell_msg(timeout=PATIENCE)['content'].get('status') == 'ok':
        replies += 1
        if replies == 1:
            break
    return {'written': os.path.exists('forged.txt'), 'replies': replies, 'alive': execute(client, '1')[0]['status']}


@scenario
def input_requests(kernel):
    client = kernel.client
    def ask(code, answer):
        message_id = client.execute(code, allow_stdin=True)
        request = client.get_stdin_msg(timeout=PATIENCE)
        client.input(answer)
        messages = outputs_of(client, message_id)
        return request, reply_to(client, message_id)['content'], messages[1:-1]
    request, reply, messages = ask('Console.Write("name? "); var name = Console.ReadLine(); Console.Write("hello " + name);', 'ädä 😀')
    secret, _, secret_messages = ask('(await GetPasswordAsync("key? ")).GetClearTextPassword().Length', 'hidden')
    refused, _ = execute(client, 'Console.ReadLine()', allow_stdin=False)
    return {
        'type': request['msg_type'],
        'content': request['content'],
        'parent_is_the_cell': request['parent_header']['msg_type'],
        'status': reply['status'],
        'text': text_of(messages),
        'secret': secret['content'],
        'secret_letters': secret_messages[-1]['content']['data']['text/plain'],
        'refused': refused,
    }


@scenario
def languages(kernel):
    client = kernel.client
    message_id = send(client, 'execute_request', {'code': '<b>bold</b>', 'silent': False}, metadata={'polyglot_notebook': {'kernelName': 'html'}})
    messages = outputs_of(client, message_id)
    reply = reply_to(client, message_id)['content']
    return {'status': reply['status'], 'html': [m['content']['data'].get('text/html') for m in messages if 'data' in m['content']]}


@scenario
def a_thousand_executions(kernel):
    client = kernel.client
    execute(client, 'int total = 0;')
    before = resident_bytes(kernel.pid)
    wrong = 0
    for index in range(1000):
        # Every fifth in C#, which is compiled; the others go through the same messages and cost no compiler.
        if index % 5 == 4:
            message_id = client.execute('total++;')
        else:
            message_id = send(client, 'execute_request', {'code': f'*{index}*', 'silent': False}, metadata={'polyglot_notebook': {'kernelName': 'markdown'}})
        wrong += reply_to(client, message_id)['content']['status'] != 'ok'
    while True:
        message = client.get_iopub_msg(timeout=PATIENCE)
        if message['parent_header'].get('msg_id') == message_id and message['content'].get('execution_state') == 'idle':
            break
    total = execute(client, 'total')[1][-1]['content']['data']['text/plain']
    return {'wrong': wrong, 'total': total, 'grown_megabytes': (resident_bytes(kernel.pid) - before) / 2**20}


main()
