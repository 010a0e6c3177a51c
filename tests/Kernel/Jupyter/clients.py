"""Large outputs, many outputs at once, and clients that misbehave."""
import time

import nbformat
import zmq
from nbclient import NotebookClient

from harness import (PATIENCE, execute, main, outputs_of, reply_to, resident_bytes, scenario, text_of)

MEGABYTE = 2**20


def raw_subscriber(kernel, **options):
    socket = zmq.Context.instance().socket(zmq.SUB)
    for name, value in options.items():
        socket.setsockopt(getattr(zmq, name), value)
    socket.connect(f'tcp://127.0.0.1:{kernel.manager.iopub_port}')
    socket.setsockopt(zmq.SUBSCRIBE, b'')
    return socket


@scenario
def a_subscriber_is_welcomed(kernel):
    socket = raw_subscriber(kernel)
    assert socket.poll(PATIENCE * 1000)
    frames = socket.recv_multipart()
    _, message = kernel.client.session.feed_identities(frames)
    message = kernel.client.session.deserialize(message)
    socket.close(linger=0)
    return {'type': message['msg_type'], 'content': message['content'], 'parent': message['parent_header']}


@scenario
def twenty_megabytes(kernel):
    start = time.time()
    printed = text_of(execute(kernel.client, 'Console.Write(new string((char)120, 20_000_000));')[1])
    between = time.time()
    _, messages = execute(kernel.client, 'display(new string((char)121, 20_000_000));')
    shown = messages[-1]['content']['data']['text/plain']
    return {'printed': len(printed), 'only_x': set(printed) == {'x'}, 'shown': len(shown), 'seconds': [between - start, time.time() - between]}


@scenario
def a_hundred_displays_at_once(kernel):
    code = 'await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => { display($"shown {i}"); Console.WriteLine($"printed {i}"); })));'
    _, messages = execute(kernel.client, code)
    displays = [m['content'] for m in messages if m['msg_type'] == 'display_data']
    return {
        'shown': sorted(int(d['data']['text/plain'].split()[1]) for d in displays),
        'ids': len({d['transient']['display_id'] for d in displays}),
        'printed': sorted(int(line.split()[1]) for line in text_of(messages).splitlines()),
    }


@scenario
def a_hundred_updates_of_one_display(kernel):
    _, messages = execute(kernel.client, 'var d = display(0); for (int i = 1; i <= 100; i++) d.Update(i);')
    updates = [m['content'] for m in messages if m['msg_type'] == 'update_display_data']
    return {'values': [int(u['data']['text/plain']) for u in updates], 'ids': len({u['transient']['display_id'] for u in updates})}


@scenario
def a_cell_that_prints_without_end(kernel):
    before = resident_bytes(kernel.pid)
    message_id = kernel.client.execute('var line = new string((char)97, 9_999); for (int i = 0; i < 12_000; i++) Console.WriteLine(line);')
    letters, notices, peak = 0, [], 0
    while True:
        message = kernel.client.get_iopub_msg(timeout=PATIENCE)
        if message['parent_header'].get('msg_id') != message_id:
            continue
        if message['msg_type'] == 'stream':
            if message['content']['name'] == 'stdout':
                letters += len(message['content']['text'])
            else:
                notices.append(message['content']['text'])
            peak = max(peak, resident_bytes(kernel.pid))
        if message['content'].get('execution_state') == 'idle':
            break
    reply_to(kernel.client, message_id)
    return {'letters': letters, 'notices': notices, 'grown_megabytes': (peak - before) / MEGABYTE, 'next': text_of(execute(kernel.client, 'Console.Write("x");')[1])}


@scenario
def a_client_that_vanishes(kernel):
    other = kernel.connect()
    other.wait_for_ready(timeout=PATIENCE)
    message_id = other.execute('Console.Write("begun"); await Task.Delay(300); display(new string((char)122, 1_000_000)); int vanished = 1;')
    while other.get_iopub_msg(timeout=PATIENCE)['msg_type'] != 'stream':
        pass
    other.stop_channels()
    answered = execute(kernel.client, 'vanished')[1][-1]['content']['data']['text/plain']
    asking = kernel.connect()
    asking.wait_for_ready(timeout=PATIENCE)
    asking.execute('var answer = "none"; try { answer = Console.ReadLine(); } catch (Exception e) { answer = e.GetType().Name; }', allow_stdin=True)
    asking.get_stdin_msg(timeout=PATIENCE)
    asking.stop_channels()
    return {'answered': answered, 'asked': execute(kernel.client, 'answer')[1][-1]['content']['data']['text/plain']}


@scenario
def a_subscriber_that_does_not_read(kernel):
    slow = raw_subscriber(kernel, RCVHWM=1, RCVBUF=4096)
    slow.poll(PATIENCE * 1000)
    start = time.time()
    reply, messages = execute(kernel.client, 'for (int i = 0; i < 50; i++) display(new string((char)65, 1_000_000));')
    seconds = time.time() - start
    slow.close(linger=0)
    return {'status': reply['status'], 'shown': sum(m['msg_type'] == 'display_data' for m in messages), 'seconds': seconds, 'next': execute(kernel.client, '1')[0]['status']}


@scenario
def two_clients_at_once(kernel):
    other = kernel.connect()
    other.wait_for_ready(timeout=PATIENCE)
    mine = [kernel.client.execute(f'"mine {i}"') for i in range(20)]
    theirs = [other.execute(f'"theirs {i}"') for i in range(20)]
    def texts(client, ids):
        return [outputs_of(client, message_id)[-2]['content']['data']['text/plain'] for message_id in ids]
    result = {'mine': texts(kernel.client, mine), 'theirs': texts(other, theirs), 'replies': [reply_to(other, message_id)['content']['status'] for message_id in theirs]}
    for message_id in mine:
        reply_to(kernel.client, message_id)
    other.stop_channels()
    return result


@scenario
def nbclient_runs_a_notebook(kernel):
    cell = nbformat.v4.new_code_cell
    fails = cell('throw new InvalidOperationException("as meant");')
    fails.metadata.tags = ['raises-exception']
    notebook = nbformat.v4.new_notebook(cells=[cell('int x = 20;'), cell('Console.WriteLine(x); x + 22'), fails, cell('var d = display("one"); d.Update("two");')])
    NotebookClient(notebook, kernel_name='.net-csharp', timeout=PATIENCE).execute()
    return [[(o.output_type, o.get('text') or o.get('ename') or o.data['text/plain']) for o in c.outputs] for c in notebook.cells]


main()
