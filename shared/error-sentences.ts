/**
 * What every error says to a person, by code: what happened, to which file or value, what to do. In both languages.
 * Words in braces are filled in from the error's parameters.
 */
interface Sentences {
  en: string;
  zh: string;
}

export const errorSentences = {
  internal: {
    en: 'Something went wrong inside Graft: {detail}. Your data is safe; please try again.',
    zh: 'Graft 内部出错：{detail}。您的数据未受影响，请重试。',
  },
  cancelled: {
    en: 'Cancelled.',
    zh: '已取消。',
  },
  'file.missing': {
    en: 'There is no file or folder at {path}. Check the path, or whether a drive is disconnected.',
    zh: '{path} 处没有文件或文件夹。请检查路径，或磁盘是否已断开。',
  },
  'file.unreadable': {
    en: '{path} could not be read ({detail}). Check its permissions.',
    zh: '无法读取 {path}（{detail}）。请检查其访问权限。',
  },
  'file.exists': {
    en: 'There is already a file at {path}. It was left as it is; choose another name.',
    zh: '{path} 处已有文件，未作更改。请使用其他名称。',
  },
  'upload.too-large': {
    en: 'More than {limit} GB cannot be dropped here. Use Import, which reads the files where they are.',
    zh: '此处不能拖放超过 {limit} GB 的内容。请使用“导入”，直接读取原处的文件。',
  },
  'relink.nothing': {
    en: 'No file of this project is missing at {path}.',
    zh: '{path} 处没有缺失的项目文件。',
  },
  'file.unwritable': {
    en: '{path} could not be written ({detail}). Choose a folder you may write to, or free some disk space.',
    zh: '无法写入 {path}（{detail}）。请选择可写的文件夹，或释放磁盘空间。',
  },
  'safetensors.not-one': {
    en: '{path} is not a safetensors file: its header cannot be read (at byte {byte}). Export or download it again.',
    zh: '{path} 不是 safetensors 文件：无法读取其文件头（字节 {byte}）。请重新导出或下载。',
  },
  'safetensors.truncated': {
    en: '{path} is cut off: it should hold {expected} bytes and ends after {actual}. Copy or download it again.',
    zh: '{path} 不完整：应有 {expected} 字节，实际只有 {actual} 字节。请重新复制或下载。',
  },
  'safetensors.trailing': {
    en: '{path} is damaged: its tensors end at byte {expected}, but the file goes on to byte {actual}.',
    zh: '{path} 已损坏：张量在字节 {expected} 处结束，但文件延续到字节 {actual}。',
  },
  'safetensors.entry': {
    en: '{path} is damaged: the header’s entry for {tensor} is malformed.',
    zh: '{path} 已损坏：文件头中 {tensor} 的条目格式不正确。',
  },
  'safetensors.dtype': {
    en: 'The tensor {tensor} in {path} has the type {dtype}, which Graft does not read. Convert it to F32.',
    zh: '{path} 中的张量 {tensor} 类型为 {dtype}，Graft 无法读取。请将其转换为 F32。',
  },
  'safetensors.size': {
    en: '{path} is damaged: the tensor {tensor} of shape {shape} and type {dtype} needs {expected} bytes, but its place is bytes {begin} to {end}.',
    zh: '{path} 已损坏：张量 {tensor}（形状 {shape}，类型 {dtype}）需要 {expected} 字节，但其位置为字节 {begin} 到 {end}。',
  },
  'safetensors.layout': {
    en: '{path} is damaged: the tensor {tensor} starts at byte {byte} instead of {expected}, leaving a hole or overlapping another.',
    zh: '{path} 已损坏：张量 {tensor} 从字节 {byte} 开始而不是 {expected}，造成空洞或与其他张量重叠。',
  },
  'safetensors.no-tensor': {
    en: '{path} holds no tensor named {tensor}. It may belong to another model.',
    zh: '{path} 中没有名为 {tensor} 的张量。该文件可能属于其他模型。',
  },
  'zoo.unknown': {
    en: 'There is no backbone called {id}. Known ones: {known}.',
    zh: '没有名为 {id} 的骨干网络。可用的有：{known}。',
  },
  'zoo.input-too-small': {
    en: '{id} needs images of at least {minimum} pixels a side (received {size}). Choose a larger input size.',
    zh: '{id} 的输入图像边长至少需要 {minimum} 像素（收到 {size}）。请选择更大的输入尺寸。',
  },
  'zoo.input-fixed': {
    en: '{id} takes pictures of {size} pixels a side only (received {received}). Set the input size to {size}.',
    zh: '{id} 只接受边长 {size} 像素的图片（收到 {received}）。请将输入尺寸设为 {size}。',
  },
  'weights.not-weights': {
    en: '{path} is not a weight file that Graft can read ({detail}). It reads: {known}.',
    zh: '{path} 不是 Graft 能读取的权重文件（{detail}）。支持的格式：{known}。',
  },
  'weights.not-a-model': {
    en: '{path} is JSON, but not a TensorFlow.js model: it has no weightsManifest. Choose the model.json of the model.',
    zh: '{path} 是 JSON 文件，但不是 TensorFlow.js 模型：缺少 weightsManifest。请选择模型的 model.json。',
  },
  'weights.damaged': {
    en: '{path} is damaged or incomplete: {detail}. Fetch the file again.',
    zh: '{path} 已损坏或不完整：{detail}。请重新获取该文件。',
  },
  'weights.unsafe': {
    en: '{path} was refused: {detail}. Ask whoever made it for a plain weight file.',
    zh: '已拒绝 {path}：{detail}。请向提供者索取普通的权重文件。',
  },
  'weights.missing-part': {
    en: '{path} needs the file {part}, which is not beside it. Put all parts of the model in one folder.',
    zh: '{path} 需要文件 {part}，但旁边没有该文件。请把模型的所有部分放在同一文件夹中。',
  },
  'weights.too-large': {
    en: '{path} claims to hold {bytes} bytes of tensors, more than the {limit} Graft accepts.',
    zh: '{path} 声称包含 {bytes} 字节的张量，超过 Graft 接受的上限 {limit} 字节。',
  },
  'weights.too-many-tensors': {
    en: '{path} lists more than {limit} tensors, more than any network Graft knows. It was not read further.',
    zh: '{path} 列出的张量超过 {limit} 个，多于 Graft 所知的任何网络，已停止读取。',
  },
  'weights.unsupported': {
    en: '{path} uses {feature}, which Graft does not read. Save the weights again in a plain form, for example as Keras .h5 or safetensors.',
    zh: '{path} 使用了 Graft 无法读取的特性：{feature}。请以普通格式（例如 Keras .h5 或 safetensors）重新保存权重。',
  },
  'weights.dtype': {
    en: '{path}: tensor {tensor} has the type {dtype}, which Graft does not read as weights.',
    zh: '{path}：张量 {tensor} 的类型为 {dtype}，Graft 无法将其作为权重读取。',
  },
  'weights.not-finite': {
    en: '{path}: tensor {tensor} holds {value} at position {position}. Such weights cannot be used.',
    zh: '{path}：张量 {tensor} 在位置 {position} 的值为 {value}。这样的权重无法使用。',
  },
  'weights.unknown-architecture': {
    en: '{path} holds weights of an architecture that Graft does not have (its first tensors: {tensors}). Known ones: {known}.',
    zh: '{path} 中的权重属于 Graft 没有的网络结构（开头的张量：{tensors}）。可用的结构：{known}。',
  },
  'weights.wrong-architecture': {
    en: '{path} does not fit {architecture}: tensor {tensor} should be {expected} (received {received}).',
    zh: '{path} 与 {architecture} 不符：张量 {tensor} 应为 {expected}（收到 {received}）。',
  },
  'weights.run-not-zoo': {
    en: 'The network of this run is not one of the zoo ({kind}), so it cannot be kept as weights of a backbone. Use the run itself as the backbone, in its own project.',
    zh: '该训练的网络（{kind}）不在模型库中，无法作为骨干权重保存。请在其所属项目中直接把该训练用作骨干。',
  },
  'weights.starter-damaged': {
    en: '{path}: the starter backbone that comes with Graft is damaged (expected {expected}, received {received}). Install Graft again; other backbones are not touched by this.',
    zh: '{path}：随 Graft 提供的入门骨干已损坏（应为 {expected}，实为 {received}）。请重新安装 Graft；其他骨干不受影响。',
  },
  'weights.graph-input': {
    en: '{path} does not take pictures: its input is {received}. Graft needs one float32 input of colour pictures of one square size, one at a time or any number.',
    zh: '{path} 不接受图片输入：其输入为 {received}。Graft 需要一个 float32 彩色正方形图片输入，每次一张或任意数量。',
  },
  'weights.no-cut': {
    en: '{path} cannot be cut at {cut}: the whole computation must pass through one tensor there. Possible ones: {known}.',
    zh: '{path} 无法在 {cut} 处截断：整个计算必须经过该处的单个张量。可选的有：{known}。',
  },
  'weights.starter-stays': {
    en: 'The starter backbone comes with Graft and stays in the library: it takes {megabytes} MB.',
    zh: '入门骨干随 Graft 提供，会一直留在权重库中，占用 {megabytes} MB。',
  },
  'weights.not-in-library': {
    en: 'There are no weights {hash} in the library at {path}. Import the weight file again.',
    zh: '位于 {path} 的权重库中没有 {hash}。请重新导入权重文件。',
  },
  'download.offline': {
    en: 'Graft is offline and fetches nothing. Fetch {file} by hand from {url}, put it into {inbox}, and choose “Look into the inbox” (graft zoo inbox).',
    zh: 'Graft 处于离线模式，不会下载。请手动从 {url} 获取 {file}，放入 {inbox}，然后选择“查看收件箱”（graft zoo inbox）。',
  },
  'download.unknown': {
    en: '{arch} has no published file {file}. Known ones: {known}.',
    zh: '{arch} 没有已发布的文件 {file}。可用的有：{known}。',
  },
  'download.insecure': {
    en: 'The download led to {url}, which is not https. It was not followed.',
    zh: '下载被引向 {url}，该地址不是 https，已拒绝。',
  },
  'download.unreachable': {
    en: '{host} could not be reached ({detail}). Check the connection and the proxy (HTTPS_PROXY), or fetch the file by hand.',
    zh: '无法连接到 {host}（{detail}）。请检查网络和代理（HTTPS_PROXY），或手动获取该文件。',
  },
  'download.refused': {
    en: '{host} answered {status} instead of {file}. Try again later, or fetch the file by hand.',
    zh: '{host} 未提供 {file}，返回状态 {status}。请稍后重试，或手动获取该文件。',
  },
  'download.bad-answer': {
    en: '{host} gave an answer that makes no sense: {detail}. Try again later, or fetch the file by hand.',
    zh: '{host} 的应答不合理：{detail}。请稍后重试，或手动获取该文件。',
  },
  'download.cut-off': {
    en: 'The connection to {host} broke at byte {received} of {file} ({detail}). What is here is kept: start the download again to go on.',
    zh: '与 {host} 的连接在 {file} 的第 {received} 字节处中断（{detail}）。已下载的部分会保留，重新开始下载即可继续。',
  },
  'download.wrong-length': {
    en: '{host} sent {received} bytes of {file} instead of {expected}. It was thrown away: this is not the published file.',
    zh: '{host} 发送的 {file} 为 {received} 字节，应为 {expected} 字节。这不是发布的文件，已丢弃。',
  },
  'download.hash-mismatch': {
    en: '{path} is not the published file: its {algorithm} is {received} instead of {expected}. It was not used.',
    zh: '{path} 不是发布的文件：其 {algorithm} 为 {received}，应为 {expected}。未使用该文件。',
  },
  'download.disk-full': {
    en: 'There is no room for the download in {path}: {needed} bytes are missing. Free some disk space and start it again.',
    zh: '{path} 空间不足，无法下载：还需要 {needed} 字节。请释放磁盘空间后重新开始。',
  },
  'import.empty': {
    en: '{path} holds no pictures to import ({skipped} other files were left aside). Choose a folder with one folder of pictures per class, a CSV of path,label, COCO or Pascal VOC annotations, or a ZIP of them.',
    zh: '{path} 中没有可导入的图片（跳过了 {skipped} 个其他文件）。请选择每个类别一个图片文件夹的目录、path,label 格式的 CSV、COCO 或 Pascal VOC 标注，或包含这些内容的 ZIP。',
  },
  'import.coco-malformed': {
    en: '{path} is not a COCO annotation file ({detail}). It needs the lists images, annotations and categories.',
    zh: '{path} 不是 COCO 标注文件（{detail}）。其中应包含 images、annotations 和 categories 列表。',
  },
  'import.coco-too-large': {
    en: '{path} is larger than the {limit} MB of annotations Graft reads at once. Split it, for example by train and val.',
    zh: '{path} 超过 Graft 一次可读取的 {limit} MB 标注。请拆分文件，例如按 train 和 val。',
  },
  'import.voc-layout': {
    en: '{path} is not a Pascal VOC folder: it needs the folders Annotations and JPEGImages.',
    zh: '{path} 不是 Pascal VOC 文件夹：其中应有 Annotations 和 JPEGImages 文件夹。',
  },
  'import.zip-damaged': {
    en: '{path} is not a whole ZIP archive ({detail}). Copy or download it again.',
    zh: '{path} 不是完整的 ZIP 压缩包（{detail}）。请重新复制或下载。',
  },
  'import.zip-unsafe': {
    en: '{path} was refused: {detail}. Nothing was unpacked.',
    zh: '已拒绝 {path}：{detail}。未解压任何内容。',
  },
  'import.zip-unsupported': {
    en: '{path} uses {feature}, which is not read here. Unpack it yourself and import the folder.',
    zh: '{path} 使用了此处不支持的 {feature}。请自行解压后导入文件夹。',
  },
  'import.zip-bomb': {
    en: '{path} was refused: its {packed} MB claim to unpack to {size} MB, which no collection of pictures does. Unpack it yourself and import the folder, if you trust it.',
    zh: '已拒绝 {path}：{packed} MB 的压缩包声称可解压为 {size} MB，图片集不可能如此。若确信无误，请自行解压后导入文件夹。',
  },
  'import.zip-space': {
    en: 'Unpacking into {path} needs {needed} MB of free disk space. Free some, or unpack the archive elsewhere and import the folder.',
    zh: '解压到 {path} 需要 {needed} MB 可用磁盘空间。请释放空间，或在别处解压后导入文件夹。',
  },
  'import.not-a-folder': {
    en: '{path} is a file, not a folder.',
    zh: '{path} 是文件，不是文件夹。',
  },
  'import.not-a-table': {
    en: '{path} is not a CSV or TSV table. Choose a text file with the columns path,label and optionally split.',
    zh: '{path} 不是 CSV 或 TSV 表格。请选择包含 path、label（可选 split）列的文本文件。',
  },
  'import.table-malformed': {
    en: '{path} could not be understood at line {line}: check its quotes and separators.',
    zh: '无法解析 {path} 的第 {line} 行：请检查引号和分隔符。',
  },
  'import.table-encoding': {
    en: '{path} is not saved as UTF-8. In a spreadsheet, choose “CSV UTF-8” when saving.',
    zh: '{path} 不是 UTF-8 编码。请在表格软件中另存为“CSV UTF-8”。',
  },
  'request.unknown': {
    en: 'Graft has no method named {method}. The window and the program may be of different versions: reload it.',
    zh: 'Graft 没有名为 {method} 的方法。窗口与程序的版本可能不同，请重新加载。',
  },
  'request.invalid': {
    en: 'Graft could not use what it received for {method}: {detail}.',
    zh: 'Graft 无法使用 {method} 收到的内容：{detail}。',
  },
  'host.lost': {
    en: 'The connection to Graft was lost. If the program still runs, the window connects again by itself.',
    zh: '与 Graft 的连接已断开。如果程序仍在运行，窗口会自动重新连接。',
  },
  'host.port-taken': {
    en: 'Port {port} on this computer is in use by another program. Choose another one with --port, or leave it out.',
    zh: '本机端口 {port} 已被其他程序占用。请用 --port 选择其他端口，或不指定端口。',
  },
  'host.not-built': {
    en: 'The interface has not been built yet: {path} is missing. Run npm run build, or start Graft with npm start.',
    zh: '界面尚未构建：缺少 {path}。请运行 npm run build，或用 npm start 启动 Graft。',
  },
  'engine.lost': {
    en: 'The engine process stopped in the middle of its work. Graft has started it again; what was saved is intact.',
    zh: '引擎进程在工作中途停止。Graft 已重新启动它，已保存的内容完好无损。',
  },
  'engine.failed': {
    en: 'The engine process stopped {deaths} times in a row and was not started again. Restart the engine, or Graft itself.',
    zh: '引擎进程连续停止了 {deaths} 次，未再启动。请重启引擎或 Graft。',
  },
  'engine.answer': {
    en: 'The engine gave an answer to {method} that Graft does not understand ({detail}). Its version may not match; install Graft again.',
    zh: '引擎对 {method} 的应答无法识别（{detail}）。版本可能不匹配，请重新安装 Graft。',
  },
  'project.none': {
    en: 'There is no Graft project in {path} (no graft.db). Choose a project folder, or create one there.',
    zh: '{path} 中没有 Graft 项目（缺少 graft.db）。请选择项目文件夹，或在此新建项目。',
  },
  'project.exists': {
    en: 'There is already a Graft project in {path}. Open it, or choose another folder.',
    zh: '{path} 中已有 Graft 项目。请打开它，或选择其他文件夹。',
  },
  'project.closed': {
    en: 'No project is open. Open or create one first.',
    zh: '没有打开的项目。请先打开或新建项目。',
  },
  'project.newer': {
    en: 'The project {path} was saved by a newer Graft (format {found}; this one reads up to {supported}). Update Graft to open it; nothing was changed.',
    zh: '项目 {path} 由更新版本的 Graft 保存（格式 {found}，当前版本最高支持 {supported}）。请更新 Graft 后再打开；未作任何更改。',
  },
  'project.not-one': {
    en: '{path} is not a Graft project database ({detail}). Nothing was changed.',
    zh: '{path} 不是 Graft 项目数据库（{detail}）。未作任何更改。',
  },
  'project.damaged': {
    en: 'The project database {path} is damaged ({detail}). Restore the folder from a backup; nothing was changed.',
    zh: '项目数据库 {path} 已损坏（{detail}）。请从备份恢复该文件夹；未作任何更改。',
  },
  'project.locked': {
    en: 'The project {path} is open in another Graft window or terminal. Close it there first.',
    zh: '项目 {path} 已在另一个 Graft 窗口或终端中打开。请先在那里关闭。',
  },
  'folder.exists': {
    en: 'There is already something named {name} in {path}. Choose another name.',
    zh: '{path} 中已存在 {name}。请使用其他名称。',
  },
  'folder.name': {
    en: '"{name}" cannot be the name of a folder. Choose another name.',
    zh: '“{name}”不能用作文件夹名称。请使用其他名称。',
  },
  'item.unknown': {
    en: 'The project has no item {id}.',
    zh: '项目中没有编号为 {id} 的条目。',
  },
  'item.broken': {
    en: '{path} has no picture to show: {detail}',
    zh: '{path} 没有可显示的图片：{detail}',
  },
  'image.broken': {
    en: '{name} cannot be used: {detail}',
    zh: '无法使用 {name}：{detail}',
  },
  'class.unknown': {
    en: 'The project has no class {id}.',
    zh: '项目中没有编号为 {id} 的类别。',
  },
  'class.exists': {
    en: 'There is already a class named {name}.',
    zh: '已存在名为 {name} 的类别。',
  },
  'class.key-taken': {
    en: 'The key {key} already labels as {name}. Choose another key, or take it from {name} first.',
    zh: '按键 {key} 已用于标注 {name}。请选择其他按键，或先取消 {name} 的按键。',
  },
  'class.merge-itself': {
    en: '{name} cannot be merged into itself. Choose another class.',
    zh: '不能将 {name} 合并到自身。请选择其他类别。',
  },
  'class.order': {
    en: 'The new order must name every class once (received {received} of {all}). Try again with the list as it is now.',
    zh: '新的顺序必须包含每个类别且仅一次（收到 {received} 个，共 {all} 个）。请按当前列表重试。',
  },
  'split.shares': {
    en: 'The shares of train, validation and test must add up to 1 (received {sum}).',
    zh: '训练、验证和测试的比例之和必须为 1（收到 {sum}）。',
  },
  'job.unknown': {
    en: 'There is no job {id} any more.',
    zh: '任务 {id} 已不存在。',
  },
  'job.running': {
    en: 'The job "{subject}" is still running. Cancel it first.',
    zh: '任务“{subject}”仍在运行。请先取消。',
  },
  'run.unknown': {
    en: 'The project has no run {id}.',
    zh: '项目中没有训练记录 {id}。',
  },
  'group.unknown': {
    en: 'This project has no such series of runs ({id}). It may have been deleted.',
    zh: '此项目中没有这一系列运行（{id}），可能已被删除。',
  },
  'transfer.nothing-carried': {
    en: '{name} was trained from scratch: it carries nothing over that could be checked. Choose a run with a backbone.',
    zh: '{name} 是从零训练的，没有可检查的迁移内容。请选择带主干网络的运行。',
  },
  'sweep.too-large': {
    en: 'This would be {runs} runs; at most {most} fit into one sweep. Take fewer values or seeds, or draw some at random.',
    zh: '这将产生 {runs} 次运行，单次搜索最多 {most} 次。请减少取值或种子数，或改为随机抽取。',
  },
  'sweep.empty': {
    en: 'No combination makes a recipe: {problem}. Change the values.',
    zh: '没有可用的组合：{problem}。请修改取值。',
  },
  'series.busy': {
    en: 'A series of runs is under way. Wait until it has ended, or stop it under background work.',
    zh: '一系列运行正在进行。请等待其结束，或在后台任务中停止它。',
  },
  'run.busy': {
    en: '"{name}" (run {number}) is still training. Wait for it, or stop it first.',
    zh: '“{name}”（第 {number} 次训练）仍在进行。请等待完成，或先停止它。',
  },
  'run.active': {
    en: '"{name}" is still training. Stop it before deleting it.',
    zh: '“{name}”仍在训练。请先停止再删除。',
  },
  'run.idle': {
    en: '"{name}" is not training ({status}).',
    zh: '“{name}”未在训练（{status}）。',
  },
  'run.not-resumable': {
    en: '"{name}" cannot go on: it left no checkpoint ({status}). Start a new run with the same recipe.',
    zh: '“{name}”无法继续：没有检查点（{status}）。请用相同的配方重新训练。',
  },
  'run.data-changed': {
    en: '"{name}" cannot go on: labels or splits have changed since it started. Undo the changes, or start a new run.',
    zh: '“{name}”无法继续：标签或划分在训练开始后已更改。请撤销更改，或重新训练。',
  },
  'run.unfinished': {
    en: '"{name}" has no trained model yet ({status}).',
    zh: '“{name}”尚无训练好的模型（{status}）。',
  },
  'run.cut-off': {
    en: 'Graft was closed or lost power while this run was training.',
    zh: '训练过程中 Graft 被关闭或断电。',
  },
  'run.no-items': {
    en: 'Nothing to train on in {collection}: no labelled, readable items in the train split. Label items and deal out splits first.',
    zh: '{collection} 中没有可训练的内容：训练集中没有已标注且可读取的条目。请先标注并划分数据。',
  },
  'curve.few-items': {
    en: 'A learning curve needs more pictures: {n} in training and validation give no three sizes to learn from.',
    zh: '学习曲线需要更多图片：训练集和验证集共 {n} 张，不足以分出三种规模。',
  },
  'curve.no-validation': {
    en: 'A learning curve is measured on validation pictures, and there are none. Deal out splits first.',
    zh: '学习曲线需要验证图片来衡量，但目前没有。请先划分数据。',
  },
  'test.sealed': {
    en: 'The test split is sealed: look at the validation split, or open the seal in Results (graft seal <dir> --open).',
    zh: '测试集已封存：请查看验证集，或在“结果”中解除封存（graft seal <dir> --open）。',
  },
  'folds.few-items': {
    en: '{folds}-fold cross-validation needs at least {folds} items of every class; {class} has {count}. Use fewer folds or label more.',
    zh: '{folds} 折交叉验证要求每个类别至少有 {folds} 个条目；“{class}”只有 {count} 个。请减少折数或标注更多。',
  },
  'run.one-class': {
    en: 'Training needs at least two classes; {collection} has items of {classes}.',
    zh: '训练至少需要两个类别；{collection} 中只有 {classes} 个类别的条目。',
  },
  'evaluation.no-items': {
    en: 'Nothing to evaluate: {collection} has no labelled item in the {split} split whose class the run knows.',
    zh: '没有可评估的内容：{collection} 的 {split} 划分中没有该训练认识的类别的已标注条目。',
  },
  'rules.no-validation': {
    en: '“{name}” has no validation images. What is chosen on the images it is then judged by flatters itself: give the project a validation split and train again.',
    zh: '“{name}” 没有验证图片。在用于评估的同一批图片上选择会高估效果：请为项目划分验证集并重新训练。',
  },
  'novelty.too-few': {
    en: 'At least {needed} readable training images are needed to know what is unlike them; {found} were found.',
    zh: '至少需要 {needed} 张可读取的训练图片才能判断哪些图片与其不同，目前只有 {found} 张。',
  },
  'comparison.same-run': {
    en: 'A run cannot be compared with itself: choose two or more different runs.',
    zh: '训练不能与自身比较：请选择两个或更多不同的训练。',
  },
  'comparison.classes': {
    en: '"{first}" and "{second}" know different classes, so they cannot be compared item by item.',
    zh: '“{first}”与“{second}”的类别不同，无法逐条目比较。',
  },
  'comparison.no-items': {
    en: 'These runs have no item in common that carried the same label when they were judged. Evaluate them again on the same split.',
    zh: '这些训练没有共同的、评估时标签相同的条目。请在同一划分上重新评估。',
  },
  'evaluation.diverged': {
    en: 'The model of "{name}" answers with numbers that are not finite: training diverged. Try a lower learning rate.',
    zh: '“{name}”的模型输出了非有限数值：训练已发散。请尝试更低的学习率。',
  },
  'suggestions.few-labels': {
    en: 'There are too few labels to learn from. Label at least two images each of two classes first.',
    zh: '标签太少，无法学习。请先为两个类别各标注至少两张图片。',
  },
  'run.no-readable-items': {
    en: 'None of the {count} pictures of this run could be read. Check that their folder is still where it was.',
    zh: '本次运行的 {count} 张图片均无法读取。请检查图片文件夹是否仍在原处。',
  },
  'run.too-many-pixels': {
    en: '{count} pictures of {size} x {size} pixels need {gigabytes} GB of memory. Choose a smaller input size, or freeze the backbone.',
    zh: '{count} 张 {size} x {size} 像素的图片需要 {gigabytes} GB 内存。请选择更小的输入尺寸，或冻结主干网络。',
  },
  'run.frozen-changed': {
    en: 'Frozen weights changed during training ({count} layers, the first is {tensor}). The run was discarded: please report this.',
    zh: '冻结的权重在训练中发生了变化（{count} 层，首个为 {tensor}）。本次运行已作废，请报告此问题。',
  },
  'run.diverged': {
    en: 'The loss is no longer a number in epoch {epoch}: training diverged. Lower the learning rate and start again.',
    zh: '第 {epoch} 轮的损失不再是有效数字：训练发散。请降低学习率后重新开始。',
  },
  'recipe.no-backend': {
    en: 'There is no backend called {backend}. Choose one of: {known}.',
    zh: '没有名为 {backend} 的计算后端。请选择：{known}。',
  },
  'recipe.frozen-only': {
    en: '{name} was imported as a finished graph and can only be used frozen. Choose a features recipe, or a backbone of the zoo to fine-tune.',
    zh: '{name} 是作为完整计算图导入的，只能以冻结方式使用。请选择特征配方，或选择可微调的骨干网络。',
  },
  'recipe.no-stage': {
    en: 'There is no stage {stage}: the recipe has {stages}.',
    zh: '没有第 {stage} 个阶段：该配方共有 {stages} 个阶段。',
  },
  'recipe.no-layer': {
    en: 'The recipe trains a layer named {layer}, and the network has none of that name. List its layers on the Backbones screen.',
    zh: '配方要训练名为 {layer} 的层，但网络中没有这个层。请在“主干网络”页面查看各层名称。',
  },
  'recipe.no-block': {
    en: 'The backbone has no block {block} to train from. Its blocks are: {blocks}.',
    zh: '主干网络中没有可作为训练起点的块 {block}。可用的块：{blocks}。',
  },
  'model.missing': {
    en: 'There is no trained model in {path}. Choose a run that has finished.',
    zh: '{path} 中没有训练好的模型。请选择已完成的运行。',
  },
  'model.incomplete': {
    en: 'The model in {path} does not fit: {tensor} should have shape {expected}, found {received}. Train the run again.',
    zh: '{path} 中的模型不匹配：{tensor} 的形状应为 {expected}，实际为 {received}。请重新训练。',
  },
  'checkpoint.damaged': {
    en: 'The checkpoint in {path} cannot be read. Start the run again from the beginning.',
    zh: '{path} 中的检查点无法读取。请从头开始本次运行。',
  },
  'capsule.not-one': {
    en: '{path} is not a capsule of Graft: it holds no capsule.json.',
    zh: '{path} 不是 Graft 的胶囊文件：其中没有 capsule.json。',
  },
  'capsule.damaged': {
    en: 'The capsule {path} is damaged or was made by something else ({detail}). Nothing of it was kept; fetch it again.',
    zh: '胶囊文件 {path} 已损坏或并非由 Graft 生成（{detail}）。未保留其中任何内容，请重新获取。',
  },
  'capsule.altered': {
    en: 'The capsule {path} was altered: its entry {entry} is not what its list says ({detail}). Nothing of it was kept.',
    zh: '胶囊文件 {path} 已被改动：其中的 {entry} 与清单不符（{detail}）。未保留其中任何内容。',
  },
  'capsule.not-empty': {
    en: 'There are files in {path}. A capsule is opened in a new or empty folder; choose another.',
    zh: '{path} 中已有文件。胶囊须在新建的或空的文件夹中打开，请另选一个。',
  },
  'report.ending': {
    en: 'A report is written as .html or .pdf; {path} is neither. Give it one of these endings.',
    zh: '报告可写为 .html 或 .pdf，而 {path} 都不是。请使用其中一种扩展名。',
  },
  'report.no-printer': {
    en: 'A PDF needs an installed Chromium, Chrome or Edge to print it, and none was found. Write the report as .html instead and print that from any browser, or name a browser in GRAFT_BROWSER.',
    zh: '生成 PDF 需要已安装的 Chromium、Chrome 或 Edge，但未找到。请改为写出 .html 并用任意浏览器打印，或在 GRAFT_BROWSER 中指定浏览器。',
  },
  'report.not-printed': {
    en: '{browser} could not print the report ({detail}). Write it as .html instead and print that from any browser.',
    zh: '{browser} 未能打印报告（{detail}）。请改为写出 .html，再用任意浏览器打印。',
  },
  'export.no-tfjs': {
    en: 'This model stands on an imported ONNX network, which TensorFlow.js cannot hold. Export it as ONNX instead.',
    zh: '此模型基于导入的 ONNX 网络，TensorFlow.js 无法容纳。请改为导出 ONNX。',
  },
  'engine.export-unsupported': {
    en: 'This model cannot be exported to ONNX: {detail}.',
    zh: '无法将此模型导出为 ONNX：{detail}。',
  },
  'engine.graph-failed': {
    en: 'The engine could not compute {op} {shapes}: {detail}. Weights are as before; try a smaller batch or image size, or another device.',
    zh: '引擎无法计算 {op} {shapes}：{detail}。权重保持不变；请尝试减小批量或图像尺寸，或换用其他设备。',
  },
  'recipe.unreadable': {
    en: 'The recipe {path} could not be read: {detail}. It must be a JSON file, or one of {names}.',
    zh: '无法读取配方 {path}：{detail}。它必须是 JSON 文件，或以下名称之一：{names}。',
  },
  'recipe.invalid': {
    en: 'The recipe is not valid at {at}: {detail}.',
    zh: '配方在 {at} 处无效：{detail}。',
  },
  'recipe.no-weights': {
    en: 'There are no pretrained weights for {backbone} in the library. Import some first: graft zoo import <file>.',
    zh: '权重库中没有 {backbone} 的预训练权重。请先导入：graft zoo import <文件>。',
  },
  'recipe.no-backbone': {
    en: 'There is no backbone {backbone}. Known ones: {known}.',
    zh: '没有名为 {backbone} 的主干网络。可用的有：{known}。',
  },
  'sample.occupied': {
    en: '{path} exists already and is not a Graft sample. Choose another folder for the sample.',
    zh: '{path} 已存在，且不是 Graft 示例。请为示例选择其他文件夹。',
  },
} satisfies Record<string, Sentences>;
